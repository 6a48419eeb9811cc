// The function against servers of a few lines: the endpoint that it calls, and the layer that knows the secret.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { handler } from '../index.mjs'

const secret = 'a-secret-of-the-tests'

async function serve(context, answer) {
  const seen = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const { method, url, headers } = request
    seen.push({ method, url, headers, body })
    answer(response, request)
  })
  context.after(() => server.closeAllConnections() ?? server.close())
  await once(server.listen(0, 'localhost'), 'listening')
  return { seen, origin: `http://localhost:${server.address().port}` }
}

/** Sets the function's environment up, with an endpoint that answers so and a secret that is kept so. */
async function system(context, answer, kept = secret) {
  const layer = await serve(context, (response, { headers, url }) => {
    const isKnown = url === '/secretsmanager/get?secretId=schedule' && headers['x-aws-parameters-secrets-token'] === 'token'
    response.writeHead(isKnown ? 200 : 400).end(JSON.stringify({ SecretString: kept }))
  })
  const endpoint = await serve(context, answer)
  const env = {
    ORIGIN: endpoint.origin,
    SECRET_ID: 'schedule',
    AWS_SESSION_TOKEN: 'token',
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: new URL(layer.origin).port,
  }
  Object.assign(process.env, env)
  context.after(() => Object.keys(env).forEach((name) => delete process.env[name]))
  // Whatever is logged must not hold the secret.
  const logged = []
  context.mock.method(console, 'log', (text) => logged.push(text))
  return { ...endpoint, logged }
}

/** What the function fails with. */
async function failure(input, context) {
  const error = await handler(input, context).then(() => assert.fail('it must fail'), (error) => error)
  assert.doesNotMatch(`${error.message} ${error.stack} ${error.cause ?? ''}`, new RegExp(secret))
  return error.message
}

test('it makes the request, with the secret', async (context) => {
  const { seen, origin, logged } = await system(context, (response) => response.writeHead(202).end('{"job":"report-1"}'))
  const headers = { 'idempotency-key': '2026-11-27T03:00:00Z' }
  const answer = await handler({ method: 'PUT', url: '/jobs/report?a=b', headers, body: { a: [1] } })
  assert.deepEqual(answer, { status: 202, body: '{"job":"report-1"}' })
  assert.deepEqual([seen[0].method, seen[0].url, seen[0].body], ['PUT', '/jobs/report?a=b', '{"a":[1]}'])
  assert.equal(seen[0].headers['x-schedule-secret'], secret)
  assert.equal(seen[0].headers['idempotency-key'], '2026-11-27T03:00:00Z')
  assert.equal(seen[0].headers['content-type'], 'application/json')
  assert.deepEqual(logged, [`PUT ${origin}/jobs/report?a=b: 202`])
})

test('a request without a body has none, and is a POST', async (context) => {
  const { seen } = await system(context, (response) => response.end())
  assert.deepEqual(await handler({ url: '/jobs/report' }), { status: 200, body: '' })
  assert.deepEqual([seen[0].method, seen[0].body, seen[0].headers['content-type']], ['POST', '', undefined])
})

test('a text is sent as it is, under the type that is given', async (context) => {
  const { seen } = await system(context, (response) => response.end())
  await handler({ url: '/', body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  assert.deepEqual([seen[0].body, seen[0].headers['content-type']], ['a=b', 'application/x-www-form-urlencoded'])
})

test('an answer that is no success fails, with its status and words', async (context) => {
  const { origin } = await system(context, (response, { headers }) =>
    response.writeHead(500).end(`it broke, and you said ${headers['x-schedule-secret']}`))
  assert.equal(await failure({ url: '/jobs/report' }), `POST ${origin}/jobs/report was answered 500: it broke, and you said …`)
})

test('a secret that reaches over the end of what is shown is hidden, too', async (context) => {
  await system(context, (response) => response.writeHead(500).end(`${'x'.repeat(2040)}${secret}${'y'.repeat(9000)}`))
  const message = await failure({ url: '/' })
  assert.match(message, /x…yyyyyyy…$/)
  assert.doesNotMatch(message, /a-secret/)
})

test('a redirection fails, and is not followed', async (context) => {
  const { seen, origin } = await system(context, (response) => response.writeHead(302, { location: '/elsewhere' }).end())
  assert.equal(await failure({ url: '/jobs/report' }), `POST ${origin}/jobs/report was answered 302: `)
  assert.deepEqual(seen.map((request) => request.url), ['/jobs/report'])
})

test('an answer that does not come fails in its time, and in that of Lambda', async (context) => {
  const { origin } = await system(context, () => {})
  assert.equal(await failure({ url: '/', timeout: 0.05 }), `POST ${origin}/ was not answered in time`)
  assert.equal(await failure({ url: '/' }, { getRemainingTimeInMillis: () => 550 }), `POST ${origin}/ was not answered in time`)
})

test('an answer that does not end fails in its time, too', async (context) => {
  const { origin } = await system(context, (response) => response.writeHead(200).write('it begins'))
  assert.equal(await failure({ url: '/', timeout: 0.1 }), `POST ${origin}/ was not answered in time`)
})

test('of a huge answer the beginning is read, and the rest not waited for', async (context) => {
  // It never ends: who reads it all never returns.
  const flood = (status) => (response) => {
    response.writeHead(status)
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(65536)));
    }
    response.on('drain', write)
    write()
  }
  await system(context, flood(200))
  assert.deepEqual(await handler({ url: '/' }), { status: 200, body: `${'x'.repeat(2048)}…` })
  const { origin } = await system(context, flood(503))
  assert.equal(await failure({ url: '/' }), `POST ${origin}/ was answered 503: ${'x'.repeat(2048)}…`)
})

test('nobody there is said', async (context) => {
  await system(context, () => {})
  process.env.ORIGIN = 'http://localhost:1'
  assert.match(await failure({ url: '/jobs' }), /^POST http:\/\/localhost:1\/jobs: .*(ECONNREFUSED|bad port)/)
})

test('the secret goes nowhere but to the origin', async (context) => {
  const { seen, origin } = await system(context, (response) => response.end())
  for (const url of ['http://other.example/', '//other.example/', 'https://localhost/']) {
    assert.equal(await failure({ url }), `the url is not within ${origin}`)
  }
  assert.equal(await failure({}), 'the input needs a url')
  assert.deepEqual(seen, [])
})

test('a secret that fits in no header is not shown by what says so', async (context) => {
  for (const kept of [`{\n"key": "${secret}"\n}`, `${secret}\u2603`, '', null]) {
    await system(context, (response) => response.end(), kept)
    assert.equal(await failure({ url: '/' }), 'the secret schedule is not one word of plain ASCII')
  }
})

test('what is not set up is said', async (context) => {
  const { seen } = await system(context, (response) => response.end())
  process.env.SECRET_ID = 'another'
  assert.equal(await failure({ url: '/' }), 'the secret another cannot be read: 400')
  delete process.env.SECRET_ID
  assert.equal(await failure({ url: '/' }), 'SECRET_ID must be set')
  delete process.env.ORIGIN
  assert.equal(await failure({ url: '/' }), 'ORIGIN must be set')
  assert.deepEqual(seen, [])
})
