// The one-off task before a deployment, against a real Redis.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { atEnd, run, secret, startRedis, withRedis } from './system.mjs'

async function migrate(context, redis) {
  const program = run(context, 'migrate', redis, { SCHEDULE_SECRET: secret })
  return { ...(await program.ended), lines: program.lines }
}

test('what an earlier version kept is there for this one, and the second time nothing is done', withRedis, async (context) => {
  const server = await startRedis(context)
  const redis = new Redis(server.port, '127.0.0.1')
  atEnd(context, () => redis.disconnect())
  await redis.mset('report:monday', '{"period":"monday","visits":3}', 'report:2026-11-27T03:00', '{}', 'visits', '5')

  assert.deepEqual(await migrate(context, server), { status: 0, signal: null, lines: ['the schema is 2 now, and was 0'] })
  const reports = { monday: '{"period":"monday","visits":3}', '2026-11-27T03:00': '{}' }
  assert.deepEqual({ ...(await redis.hgetall('reports')) }, reports)
  assert.deepEqual((await redis.keys('*')).sort(), ['reports', 'schema', 'visits'])

  assert.deepEqual(await migrate(context, server), { status: 0, signal: null, lines: ['the schema is 2 already'] })
  assert.deepEqual({ ...(await redis.hgetall('reports')) }, reports)
})

test('what a newer version has written is left alone', withRedis, async (context) => {
  const server = await startRedis(context)
  const redis = new Redis(server.port, '127.0.0.1')
  atEnd(context, () => redis.disconnect())
  await redis.set('schema', 3)
  const { status, lines } = await migrate(context, server)
  assert.deepEqual([status, lines], [1, ['cannot migrate: the schema is 3, and this code knows 2: deploy a newer one']])
  assert.equal(await redis.get('schema'), '3')
})
