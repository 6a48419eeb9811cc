// What only Node has: for await, signals, require, and a process that ends.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { Client, EcsRolloutError, TaskDefinition, deploy, dotenv } from 'ecs-rollout'
import { Simulator } from 'ecs-rollout/testing'

const world = (more = {}) => ({
  speed: 0,
  clusters: ['prod'],
  definitions: [{ family: 'api', containerDefinitions: [{ name: 'api', image: 'registry.example/api:1', memory: 64 }] }],
  services: [{ serviceName: 'api', cluster: 'prod', taskDefinition: 'api:1', desiredCount: 2 }],
  ...more,
})
const request = { service: 'api', cluster: 'prod', images: { api: ':2' } }

test('a rollout is iterable, and its outcome can be asked for again', async () => {
  const rollout = new Simulator(world()).client().deploy(request)
  const types = []
  for await (const event of rollout) types.push(event.type)
  assert.equal(types[0], 'started')
  assert.equal(types.at(-1), 'succeeded')
  assert.deepEqual(await rollout.outcome(), await rollout.outcome())
})

test('null removes a policy of scaling, undefined leaves it', async () => {
  const client = new Simulator(world()).client()
  const named = { service: 'api', cluster: 'prod' }
  await client.scale({ ...named, min: 2, max: 4, cpu: 60, memory: 70 })
  const left = await client.scale({ ...named, cpu: undefined, memory: null })
  assert.deepEqual(left.policies.map((policy) => policy.name), ['api-cpu'])
  await assert.rejects(client.scale({ ...named, min: 5 }), { code: 'invalid' })
})

test('a service takes a definition as an object, and says what it does not survive', async () => {
  const simulator = new Simulator(world({ definitions: [], services: [] }))
  const definition = new TaskDefinition(world().definitions[0])
  const rollout = simulator.client().service({ service: 'api', cluster: 'prod', definition, desired: 1 })
  const outcome = await rollout.outcome()
  assert.equal(outcome.created, true)
  assert.deepEqual(outcome.findings.map((finding) => finding.rule), ['single_task', 'no_health_check', 'no_breaker'])
})

test('a rollout goes on when nobody reads its events', async () => {
  const rollout = new Simulator(world()).client().deploy(request)
  assert.equal((await rollout.outcome()).changed, true)
})

test('a failure is an EcsRolloutError with code and detail, each time', async () => {
  const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  const services = [{ ...world().services[0], deploymentConfiguration: breaker }]
  const rollout = new Simulator(world({ services, images: { '*:2': { missing: true } } })).client().deploy(request)
  for (let turn = 0; turn < 2; turn++) {
    await assert.rejects(rollout.outcome(), (error) => {
      assert(error instanceof EcsRolloutError && error instanceof Error)
      assert.equal(error.code, 'rolled_back')
      assert.equal(error.detail.causes[0].kind, 'image_missing')
      return true
    })
  }
})

test('a signal stops the watching and not the deployment', async () => {
  const simulator = new Simulator(world({ speed: 1 }))
  const controller = new AbortController()
  const rollout = simulator.client().deploy(request, { signal: controller.signal })
  const read = async () => {
    for await (const event of rollout) if (event.type === 'updated') controller.abort()
  }
  await assert.rejects(read(), { code: 'cancelled' })
  await assert.rejects(rollout, { code: 'cancelled' })
  assert.equal(simulator.deployments().at(-1).state, 'in_progress')
})

test('a signal that is aborted already writes nothing', async () => {
  const simulator = new Simulator(world({ speed: 1 }))
  await assert.rejects(simulator.client().deploy(request, { signal: AbortSignal.abort() }).outcome(), { code: 'cancelled' })
  assert(simulator.calls().every((call) => call.operation.startsWith('Describe')))
})

test('leaving the loop stops the reading alone: the outcome is the true one', async () => {
  const rollout = new Simulator(world()).client().deploy(request)
  for await (const event of rollout) if (event.type === 'started') break
  assert.equal((await rollout.outcome()).changed, true)
  const other = new Simulator(world()).client().deploy(request)
  await assert.rejects(async () => {
    for await (const event of other) throw new TypeError(event.type)
  }, TypeError)
  assert.equal((await other.outcome()).changed, true)
  const types = []
  for await (const event of other) types.push(event.type)
  assert.equal(types.at(-1), 'succeeded')
})

test('one who waits for the next event is let go when the loop is left', async () => {
  const rollout = new Simulator(world({ speed: 0.01 })).client().deploy(request)
  const events = rollout[Symbol.asyncIterator]()
  while ((await events.next()).value.type !== 'updated');
  let pending
  do pending = events.next()
  while (await Promise.race([pending.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]))
  await events.return()
  assert.deepEqual(await pending, { done: true, value: undefined })
  assert.equal((await events.next()).done, true)
  rollout.cancel()
})

test('after the loop is left and the rollout is cancelled the process can end', () => {
  const script = `
    const { Simulator } = require('ecs-rollout/testing')
    const simulator = new Simulator(${JSON.stringify(world({ speed: 0.01 }))})
    const rollout = simulator.client().deploy(${JSON.stringify(request)})
    const main = async () => { for await (const event of rollout) if (event.type === 'updated') break }
    main().then(() => { console.log('left'); rollout.cancel() })`
  assert.equal(execFileSync(process.execPath, ['-e', script], { timeout: 20_000, encoding: 'utf8' }), 'left\n')
})

test('the package is there for require, too', () => {
  const required = createRequire(import.meta.url)('ecs-rollout')
  assert.equal(required.Client, Client)
  assert.equal(required.deploy, deploy)
})

test('a definition is loaded, changed and given back', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'ecs-rollout-')), 'taskdef.yaml')
  writeFileSync(file, 'taskDefinition:\n  family: api\n  revision: 7\n  novelty: 1.10\n  containerDefinitions:\n  - {name: api, image: "localhost:5000/api:1", memory: 64}\n')
  const definition = TaskDefinition.load(file)
  const rendered = definition.render({ images: { api: ':v2' }, containers: { api: { environment: { A: '1', OLD: null } } }, patch: { cpu: '512' } })
  assert.deepEqual(Object.keys(rendered.toObject()), ['family', 'novelty', 'containerDefinitions', 'cpu'])
  assert.equal(rendered.toObject().containerDefinitions[0].image, 'localhost:5000/api:v2')
  assert.match(rendered.toString(), /"novelty": 1\.1,/)
  assert.deepEqual(JSON.parse(JSON.stringify(rendered)), rendered.toObject())
  assert.deepEqual(definition.diff(rendered).map((change) => change.path),
    ['/containerDefinitions/0/image', '/containerDefinitions/0/environment', '/cpu'])
  assert.deepEqual(rendered.validate().map(({ rule, path }) => [rule, path]), [['unknown_member', '/novelty']])
})

test('a difference is told for people without secrets', () => {
  const container = { name: 'api', image: 'a:1', environment: [{ name: 'DB_PASSWORD', value: 'hunter2x' }] }
  const before = new TaskDefinition({ containerDefinitions: [container] })
  const after = before.render({ images: { api: ':2' }, containers: { api: { environment: { DB_PASSWORD: 'hunter3x' } } } })
  const text = before.diffText(after, false)
  assert.match(text, /^\+ {6}"image": "a:2",$/m)
  assert.match(text, /\(hidden 2\)/)
  assert.doesNotMatch(text, /hunter|\x1b/)
  assert.match(before.diffText(after, true), /\x1b\[32m/)
})

test('variables are read from a file', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'ecs-rollout-')), '.env')
  writeFileSync(file, 'export DB=postgres://x/?a=b\nPASS=\'pa$word\'\n')
  assert.deepEqual(dotenv(file), { DB: 'postgres://x/?a=b', PASS: 'pa$word' })
  writeFileSync(file, 'A=1\nnot a line\n')
  assert.throws(() => dotenv(pathToFileURL(file)), { code: 'invalid', message: /\.env:2: not in dotenv form/ })
})

test('a definition given as an option keeps numbers that JavaScript cannot hold', async () => {
  const simulator = new Simulator(world())
  const definition = new TaskDefinition('{"family":"api","novelty":18446744073709551617,"containerDefinitions":[{"name":"api","image":"a:9","memory":64}]}')
  await simulator.client().deploy({ service: 'api', cluster: 'prod', definition }).outcome()
  const running = JSON.stringify(simulator.deployments().at(-1).definition)
  assert.match(running, /api:2/)
  assert.match(definition.toString(), /18446744073709551617/)
})

test('a plan says what a deployment would do and writes nothing', async () => {
  const simulator = new Simulator(world())
  const client = simulator.client()
  const plan = await client.plan({ ...request, desired: 3 })
  assert.deepEqual(plan.definition.changes.map((change) => change.path), ['/containerDefinitions/0/image'])
  assert.deepEqual(plan.calls.map((call) => call.operation), ['RegisterTaskDefinition', 'UpdateService'])
  assert.deepEqual(plan.settings, [{ path: '/desiredCount', before: 2, after: 3 }])
  assert.deepEqual((await client.plan({ ...request, images: { api: ':1' } })).calls, [])
  await assert.rejects(client.plan({ ...request, images: { apo: ':1' } }), { code: 'container_missing' })
  assert(simulator.calls().every((call) => call.operation.startsWith('Describe')))
})

test('mistakes throw at once, with code and place', () => {
  const isInvalid = (text) => (error) => error instanceof EcsRolloutError && error.code === 'invalid' && error.message.includes(text)
  assert.throws(() => new TaskDefinition('{'), isInvalid('task definition:1:1: not JSON'))
  assert.throws(() => new Client({ regoin: 'x' }), isInvalid('did you mean "region"'))
  assert.throws(() => new Client().deploy({ service: 'a', imges: {} }), isInvalid('did you mean "images"'))
  assert.throws(() => new Client().deploy({ service: 'a', images: { api: undefined } }), isInvalid('images.api: undefined given'))
  assert.throws(() => new Client().deploy({ service: 'a', desired: NaN }), isInvalid('desired: NaN given'))
  assert.throws(() => new Client().deploy({ service: 'a', timeout: 0, images: undefined, wat: 1 }), isInvalid('unknown option "wat"'))
  assert.throws(() => new Client().deploy(undefined), isInvalid('"service" is needed'))
})

test('what JSON would make nothing of is refused, and what it can hold is not', async () => {
  const client = new Simulator(world()).client()
  const images = Promise.resolve({ api: ':2' })
  class Images {
    api = ':2'
  }
  for (const [options, path, text] of [
    [{ ...request, images: new Map([['api', ':2']]) }, 'images', 'Map given'],
    [{ ...request, images }, 'images', 'a promise given: await it'],
    [{ ...request, images: new Images() }, 'images', 'Images given'],
    [{ ...request, images: Object.create(request.images) }, 'images', 'given, where a plain object'],
    [{ ...request, containers: { api: { command: new Set(['a']) } } }, 'containers.api.command', 'Set given'],
    [{ ...request, containers: { api: { command: ['a', , 'b'] } } }, 'containers.api.command.1', 'undefined given'],
    [{ ...request, containers: { api: { environment: { AT: new Date(NaN) } } } }, 'containers.api.environment.AT', 'Date given'],
    [{ ...request, settings: { toJSON: () => ({ novelty: new Map() }) } }, 'settings.novelty', 'Map given'],
    [{ ...request, desired: 3n }, 'desired', 'bigint given'],
    [Promise.resolve(request), 'options', 'a promise given'],
  ]) {
    assert.throws(() => client.deploy(options), (error) => error.code === 'invalid' && error.detail.path === path && error.message.includes(text))
  }
  assert.throws(() => new Client(new Map([['region', 'x']])), { code: 'invalid', message: /options: Map given/ })
  assert.throws(() => client.deployAll({ services: [images] }), { code: 'invalid', message: /services\.0: a promise given/ })
  assert.throws(() => client.deployAll({ services: new Set([request]) }), { code: 'invalid', message: /services: Set given, where a plain object or list/ })
  const elsewhere = runInNewContext(`({ ...${JSON.stringify(request)}, containers: Object.assign(Object.create(null), { api: { command: ['a'] } }) })`)
  const { definition } = await client.plan({ ...elsewhere, variables: { AT: new Date(0) } })
  assert.deepEqual(definition.changes.map((change) => change.path), ['/containerDefinitions/0/image', '/containerDefinitions/0/command'])
})
