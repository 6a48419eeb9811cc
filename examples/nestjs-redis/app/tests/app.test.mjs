// The application as it runs in a task, against a real Redis.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Queue, QueueEvents } from 'bullmq'
import { accepts, atEnd, run, startApp, startReceiver, startRedis, withRedis } from './system.mjs'

/** The queue as BullMQ itself sees it from outside. */
async function look(context, redis) {
  const connection = { host: '127.0.0.1', port: redis.port }
  const queue = new Queue('jobs', { connection })
  const events = new QueueEvents('jobs', { connection })
  atEnd(context, () => Promise.all([queue.close(), events.close()]))
  await events.waitUntilReady()
  const finished = async (id) => (await queue.getJob(id)).waitUntilFinished(events)
  /** How many jobs there are, by their state. */
  const counts = async () => Object.fromEntries(Object.entries(await queue.getJobCounts()).filter(([, count]) => count > 0))
  return { finished, counts }
}

const period = '2026-11-27T03:00:00Z'

test('one job queued is processed once', withRedis, async (context) => {
  const redis = await startRedis(context)
  const receiver = await startReceiver(context)
  const app = await startApp(context, redis, { REPORT_URL: receiver.url })
  const queue = await look(context, redis)
  for (const visits of [1, 2]) assert.deepEqual(await (await fetch(app.url)).json(), { visits })

  const answer = await app.order(period)
  assert.equal(answer.status, 202)
  const { job } = await answer.json()
  assert.deepEqual(await queue.finished(job), { period, visits: 2 })
  assert.deepEqual(receiver.reports, [{ period, visits: 2 }])
  assert.deepEqual(await queue.counts(), { completed: 1 })

  const headers = { 'x-schedule-secret': 'a-secret-of-the-tests' }
  assert.deepEqual(await (await fetch(`${app.url}/jobs/report/${period}`, { headers })).json(), { period, visits: 2 })
  assert.equal((await fetch(`${app.url}/jobs/report/never`, { headers })).status, 404)
})

test('the same period asked of two instances, again and again, is processed once', withRedis, async (context) => {
  const redis = await startRedis(context)
  const receiver = await startReceiver(context)
  const env = { REPORT_URL: receiver.url }
  const apps = await Promise.all([startApp(context, redis, env), startApp(context, redis, env)])
  const queue = await look(context, redis)

  const answers = await Promise.all([...apps, ...apps, ...apps].map((app) => app.order(period)))
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([202]))
  const [job, ...others] = new Set(await Promise.all(answers.map(async (answer) => (await answer.json()).job)))
  assert.deepEqual(others, [])
  await queue.finished(job)
  for (const app of apps) assert.equal((await app.order(period)).status, 202)
  // Nothing waits and nothing runs, so that nothing can come after this.
  assert.deepEqual(await queue.counts(), { completed: 1 })
  assert.equal(receiver.reports.length, 1)

  const { job: next } = await (await apps[1].order('2026-11-28T03:00:00Z')).json()
  await queue.finished(next)
  assert.deepEqual(receiver.reports.map((report) => report.period), [period, '2026-11-28T03:00:00Z'])
})

test('who does not know the secret, or names no period, queues nothing', withRedis, async (context) => {
  const redis = await startRedis(context)
  const app = await startApp(context, redis)
  const queue = await look(context, redis)
  for (const headers of [{}, { 'x-schedule-secret': '' }, { 'x-schedule-secret': 'a-secret-of-the-test' }]) {
    assert.equal((await app.order(period, headers)).status, 401)
    assert.equal((await fetch(`${app.url}/jobs/report/${period}`, { headers })).status, 401)
  }
  for (const wrong of ['', 'a b', 'x'.repeat(65)]) assert.equal((await app.order(wrong)).status, 400, wrong)
  assert.deepEqual(await queue.counts(), {})
})

test('without a secret, or without Redis, it does not start', withRedis, async (context) => {
  const redis = await startRedis(context)
  for (const env of [{}, { SCHEDULE_SECRET: 'short' }, { SCHEDULE_SECRET: 'long enough but in words' }]) {
    const app = run(context, 'main', redis, env)
    assert.deepEqual(await app.ended, { status: 1, signal: null })
    assert.deepEqual(app.lines, ['cannot start: SCHEDULE_SECRET must be set, to 16 or more plain ASCII characters without spaces'])
  }
  redis.child.kill()
  await redis.ended
  const app = run(context, 'main', redis, { SCHEDULE_SECRET: 'a-secret-of-the-tests' })
  assert.deepEqual(await app.ended, { status: 1, signal: null })
  assert.match(app.lines.at(-1), /^cannot start: /)
})

test('its health is that of Redis', withRedis, async (context) => {
  const redis = await startRedis(context)
  const app = await startApp(context, redis)
  assert.equal((await fetch(`${app.url}/health`)).status, 200)
  redis.child.kill('SIGKILL')
  await redis.ended
  assert.equal((await fetch(`${app.url}/health`)).status, 503)
  assert.equal((await app.order(period)).status, 503)
})

test('a signal to stop ends it with status 0 after the running job', withRedis, async (context) => {
  const redis = await startRedis(context)
  const receiver = await startReceiver(context)
  const app = await startApp(context, redis, { REPORT_URL: receiver.url })
  const queue = await look(context, redis)
  receiver.hold()
  const reported = receiver.next()
  await app.order(period)
  await reported

  app.child.kill('SIGTERM')
  while (await accepts(app.port)); // it takes no more requests …
  assert.equal(app.child.exitCode, null)
  assert.deepEqual(await queue.counts(), { active: 1 }) // … and works on
  receiver.release()
  assert.deepEqual(await app.ended, { status: 0, signal: null })
  assert.deepEqual(await queue.counts(), { completed: 1 })
  assert.equal(receiver.reports.length, 1)
})

test('a signal to stop ends an idle one with status 0', withRedis, async (context) => {
  const app = await startApp(context, await startRedis(context))
  assert.equal((await fetch(`${app.url}/health`)).status, 200) // and leaves a connection open
  app.child.kill('SIGTERM')
  assert.deepEqual(await app.ended, { status: 0, signal: null })
})

test('a signal to stop ends one that has lost its Redis', withRedis, async (context) => {
  const redis = await startRedis(context)
  const app = await startApp(context, redis)
  redis.child.kill('SIGKILL')
  await redis.ended
  await app.line(/ECONNREFUSED|no connection/)
  app.child.kill('SIGTERM')
  assert.deepEqual(await app.ended, { status: 1, signal: null })
})
