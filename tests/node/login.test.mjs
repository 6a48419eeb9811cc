// Getting in to registries, against an ECR of a few lines.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Client } from 'ecs-rollout'

const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com'

async function ecr(context) {
  const asked = []
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    asked.push(request.headers['x-amz-target'].split('.').at(-1))
    const authorizationToken = Buffer.from('AWS:hunter2').toString('base64')
    const data = { authorizationToken, expiresAt: 4102444800, proxyEndpoint: `https://${HOST}` }
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify({ authorizationData: [data] }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => server.closeAllConnections() ?? server.close())
  return { asked, endpoint: `http://127.0.0.1:${server.address().port}` }
}

test('a registry lets one in, and the password is shown to who asks alone', async (context) => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' })
  const { asked, endpoint } = await ecr(context)
  const client = new Client({ endpoint, region: 'eu-central-1' })
  const [credential] = await client.login({ registries: [HOST] })
  assert.deepEqual([credential.registry, credential.user, credential.expires], [HOST, 'AWS', 4102444800])
  assert.equal(credential.password(), 'hunter2')
  assert(credential.masks().every((line) => line.startsWith('::add-mask::')) && credential.masks().length > 0)
  assert(!inspect(credential).includes('hunter2') && !JSON.stringify(credential).includes('hunter2'))
  await client.login({ registries: [HOST] })
  assert.deepEqual(asked, ['GetAuthorizationToken'], 'a token is kept for the life of a client')
})

test('a host that is no registry of ECR is refused by name', async () => {
  await assert.rejects(new Client({ region: 'eu-central-1' }).login({ registries: ['r.example'] }), { code: 'invalid', message: /r\.example/ })
})
