// What a script ends with that does not look at its outcome, in a process of its own: never with status 0 where it failed.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { Client, EcsRolloutError, Rollout, plan } from 'ecs-rollout'
import { Simulator } from 'ecs-rollout/testing'

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } }
const world = (more = {}) => ({
  speed: 0,
  clusters: ['prod'],
  definitions: [{ family: 'api', containerDefinitions: [{ name: 'api', image: 'registry.example/api:1', memory: 64 }] }],
  services: [{ serviceName: 'api', cluster: 'prod', taskDefinition: 'api:1', desiredCount: 1, deploymentConfiguration: breaker }],
  images: { '*:bad': { missing: true } },
  ...more,
})
const request = { service: 'api', cluster: 'prod', images: { api: ':2' } }
const head = (speed) => `
  const { Simulator } = require('ecs-rollout/testing')
  const simulator = new Simulator(${JSON.stringify(world({ speed }))})
  const start = (tag, controls) => simulator.client().deploy({ service: 'api', cluster: 'prod', images: { api: ':' + tag } }, controls)
  process.on('exit', () => console.log(simulator.deployments().at(-1).state));
`

async function run(script, speed = 0) {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', head(speed) + script], { timeout: 60_000 })
    return { status: 0, stdout, stderr }
  } catch (error) {
    return { status: error.code, stdout: error.stdout, stderr: error.stderr }
  }
}

const forgotten = {
  'thrown away': `start('bad')`,
  'kept and never asked': `const kept = start('bad')`,
  'an outcome never awaited': `start('bad').outcome()`,
  'awaited for something else': `start('bad').finally(() => {})`,
  'loop left early': `(async () => { for await (const event of start('bad')) break })()`,
  'loop left by an error that is caught': `(async () => { try { for await (const event of start('bad')) throw 1 } catch {} })()`,
  'one event taken by hand': `start('bad')[Symbol.asyncIterator]().next()`,
  'cancelled by a signal': `start('2', { signal: AbortSignal.abort() })`,
  'left by using': `(async () => { const rollout = start('2'); await rollout[Symbol.asyncDispose]() })()`,
}
for (const [name, script] of Object.entries(forgotten)) {
  test(`a bad end that nobody looks at is an unhandled rejection: ${name}`, async () => {
    const { status, stderr } = await run(script)
    assert.equal(status, 1, stderr)
    assert.match(stderr, /EcsRolloutError: .*(rolled back|cancelled)/)
  })
}

const seen = {
  awaited: `start('bad').catch((error) => console.log(error.code))`,
  'an outcome awaited': `start('bad').outcome().catch((error) => console.log(error.code))`,
  'awaited with then': `start('bad').then(() => {}, (error) => console.log(error.code))`,
  'read to the end': `(async () => { try { for await (const event of start('bad')); } catch (error) { console.log(error.code) } })()`,
  'read slowly': `(async () => {
    const rollout = start('bad')
    try {
      for await (const event of rollout) if (event.type !== 'failed') await new Promise((resolve) => setTimeout(resolve, 5))
    } catch (error) { console.log(error.code) }
  })()`,
  'left early, then awaited': `(async () => {
    const rollout = start('bad')
    for await (const event of rollout) break
    await rollout.catch((error) => console.log(error.code))
  })()`,
  'all of them': `Promise.all([start('bad')]).catch((error) => console.log(error.code))`,
}
for (const [name, script] of Object.entries(seen)) {
  test(`a bad end that somebody looks at is theirs: ${name}`, async () => {
    const { status, stdout, stderr } = await run(script)
    assert.deepEqual([status, stdout.split('\n')[0], stderr], [0, 'rolled_back', ''])
  })
}

const left = {
  'process.exit()': `start('2'); setTimeout(() => process.exit(0), 20)`,
  'process.exit() after something else': `(async () => { start('2') })().then(() => process.exit(0))`,
  'a handler of a signal': `process.on('SIGTERM', () => process.exit(0)); start('2').then(() => {}); process.kill(process.pid, 'SIGTERM')`,
  'process.exit() at an event': `(async () => { for await (const event of start('2')) process.exit(0) })()`,
  'the end of a race': `Promise.race([start('2'), 1]).then(() => process.exit(0))`,
}
for (const [name, script] of Object.entries(left)) {
  test(`a process that ends before its rollout has a status: ${name}`, async () => {
    const { status, stderr } = await run(script, 1)
    assert.equal(status, 1, stderr)
    assert.match(stderr, /^ecs-rollout: the process ended before anybody had seen how a rollout ends: /)
  })
}

test('a process that ends at the event of a bad end has a status', async () => {
  const bad = `(async () => { for await (const event of start('bad')) if (event.type === 'failed') { await new Promise((end) => setTimeout(end, 50)); process.exit(0) } })()`
  assert.equal((await run(bad)).status, 1)
  const good = `(async () => { for await (const event of start('2')) if (event.type === 'succeeded') { await new Promise((end) => setTimeout(end, 50)); process.exit(0) } })()`
  assert.deepEqual(await run(good), { status: 0, stdout: 'completed\n', stderr: '' })
})

test('a process that ends by itself keeps its status', async () => {
  assert.equal((await run(`start('2'); process.exit(3)`, 1)).status, 3)
  assert.deepEqual((await run(`start('2').cancel(); process.exit(0)`, 1)).status, 0)
  assert.equal((await run(`start('2').then(() => process.exit(0))`)).status, 0)
})

// They handle each error themselves, and only the program can know whether it looked.
const values = {
  allSettled: `Promise.allSettled([start('bad')])`,
  'race that is lost': `Promise.race([start('bad'), 1])`,
  any: `Promise.any([start('bad'), 1])`,
}
for (const [name, script] of Object.entries(values)) {
  test(`an error that the program takes as a value is its own: ${name}`, async () => {
    const { status, stderr } = await run(script)
    assert.deepEqual([status, stderr], [0, ''])
  })
}

test('the process lives until a deployment that nobody awaits has ended', async () => {
  assert.deepEqual(await run(`start('2')`), { status: 0, stdout: 'completed\n', stderr: '' })
  const left = await run(`(async () => { for await (const event of start('2')) if (event.type === 'updated') break })()`, 600)
  assert.deepEqual(left, { status: 0, stdout: 'completed\n', stderr: '' })
})

test('one that is cancelled on purpose is no unhandled rejection', async () => {
  assert.equal((await run(`start('2').cancel()`)).status, 0)
})

test('a rollout is a promise of its outcome', async () => {
  const simulator = new Simulator(world())
  const rollout = simulator.client().deploy(request)
  assert(rollout instanceof Rollout)
  assert.equal((await rollout).changed, true)
  assert.deepEqual(await rollout, await rollout.outcome())
  const [again] = await Promise.all([simulator.client().deploy(request)])
  assert.equal(again.changed, false)
  let isEnded = false
  assert.equal((await rollout.finally(() => { isEnded = true })).changed && isEnded, true)
  const bad = simulator.client().deploy({ ...request, images: { api: ':bad' } })
  const types = []
  const read = async () => { for await (const event of bad) types.push(event.type) }
  await assert.rejects(read(), { code: 'rolled_back' })
  assert.equal(types.at(-1), 'failed')
  await assert.rejects(bad, (error) => error instanceof EcsRolloutError && error.code === 'rolled_back')
})

test('what the second argument does not take is refused', () => {
  const client = new Simulator(world()).client()
  for (const [controls, text] of [
    [{ sginal: AbortSignal.abort() }, 'controls.sginal'],
    [{ timeout: 5 }, 'controls.timeout'],
    [AbortSignal.abort(), 'AbortSignal given, where { signal } is meant'],
    [null, 'null given'],
    ['abort', 'abort given'.slice(5)],
    [{ signal: 5 }, 'controls.signal'],
  ]) {
    for (const verb of ['deploy', 'deployAll', 'run', 'service', 'watch', 'rollback', 'resume', 'push', 'build']) {
      assert.throws(() => client[verb]({ service: 'api' }, controls), (error) => error.code === 'invalid' && error.message.includes(text))
    }
  }
})

test('a verb that is one value refuses controls, too', async () => {
  const client = new Simulator(world()).client()
  for (const verb of ['plan', 'scale', 'register', 'schedule', 'login', 'resolve', 'exists']) {
    await assert.rejects(client[verb]({}, { signal: AbortSignal.abort() }), { code: 'invalid', message: /no second argument/ })
  }
})

test('a block of using ends the watching', async () => {
  const simulator = new Simulator(world({ speed: 0.01 }))
  const rollout = simulator.client().deploy(request)
  const looked = assert.rejects(rollout, { code: 'cancelled' })
  await rollout[Symbol.asyncDispose]()
  await looked
  const other = simulator.client().deploy(request)
  other[Symbol.dispose]()
  await assert.rejects(other, { code: 'cancelled' })
  await simulator[Symbol.asyncDispose]()
  assert.throws(() => simulator.endpoint, /closed/)
})

test('a function of the package uses the environment of its call', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-central-1' })
  for (const family of ['one', 'two']) {
    const definitions = [{ family, containerDefinitions: [{ name: 'api', image: `${family}:1`, memory: 64 }] }]
    const services = [{ serviceName: 'api', cluster: 'prod', taskDefinition: family, desiredCount: 1 }]
    const simulator = new Simulator(world({ definitions, services }))
    process.env.AWS_ENDPOINT_URL = simulator.endpoint
    assert.equal((await plan(request)).images[0].from, `${family}:1`)
  }
  delete process.env.AWS_ENDPOINT_URL
})

test('a worker that is terminated in the middle of a call takes nothing down', async () => {
  const simulator = new Simulator(world({ speed: 60 }))
  const script = `
    const { workerData, parentPort } = require('node:worker_threads')
    const { Client } = require('ecs-rollout')
    const client = new Client({ endpoint: workerData, region: 'eu-central-1' })
    const request = { service: 'api', cluster: 'prod' }
    client.plan(request)
    const rollout = client.deploy(request)
    rollout.outcome()
    ;(async () => { for await (const event of rollout); })()
    parentPort.postMessage('called')`
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' })
  for (let turn = 0; turn < 5; turn++) {
    const workers = Array.from({ length: 4 }, () => new Worker(script, { eval: true, workerData: simulator.endpoint }))
    await Promise.all(workers.map((worker) => new Promise((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', () => worker.terminate().then(resolve))
    })))
  }
  assert.equal((await new Client({ endpoint: simulator.endpoint, region: 'eu-central-1' }).plan(request)).service, 'api')
})
