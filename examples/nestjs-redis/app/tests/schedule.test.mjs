// The night as it comes: what the schedule sends, through the function that it invokes, to the application.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { handler } from '../../scheduler/index.mjs'
import { atEnd, secret, startApp, startReceiver, startRedis, withRedis } from './system.mjs'

const schedule = JSON.parse(readFileSync(new URL('../../schedule.json', import.meta.url), 'utf8'))

/** The layer of Lambda that knows the secret. */
async function startLayer(context, value) {
  const server = createServer((_, response) => response.end(JSON.stringify({ SecretString: value })))
  atEnd(context, () => server.closeAllConnections() ?? server.close())
  await once(server.listen(0, 'localhost'), 'listening')
  process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT = String(server.address().port)
  process.env.SECRET_ID = 'nestjs/schedule'
}

test('a schedule that fires twice for one night makes one report', withRedis, async (context) => {
  const receiver = await startReceiver(context)
  const app = await startApp(context, await startRedis(context), { REPORT_URL: receiver.url })
  await startLayer(context, secret)
  process.env.ORIGIN = app.url

  const due = '2026-11-27T02:00:00Z'
  const input = JSON.parse(JSON.stringify(schedule.target.input).replace('<aws.scheduler.scheduled-time>', due))
  const reported = receiver.next()
  const answer = { status: 202, body: '{"job":"report-2026-11-27T02%3A00%3A00Z"}' }
  assert.deepEqual(await handler(input), answer)
  assert.deepEqual(await handler(input), answer)
  await reported
  await app.line(/2026-11-27T02:00:00Z: 0 visits/)
  assert.deepEqual(receiver.reports, [{ period: due, visits: 0 }])

  await startLayer(context, 'another-secret-than-that')
  await assert.rejects(handler(input), /was answered 401/)
})
