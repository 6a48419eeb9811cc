// The system on the simulator, and what it goes through there: a task that dies, a crowd, a night.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Simulator } from 'ecs-rollout/testing'

const world = JSON.parse(readFileSync(new URL('world.json', import.meta.url), 'utf8'))
const minute = 60
const hour = 60 * minute

/** An empty cluster, a client for it, and the trials of what is deployed with it. */
export function start() {
  const migration = { exit: { code: 0, after: 5 }, log: ['the schema is 2 now, and was 0'] }
  const nestjs = { ...world.images['*/nestjs:*'], commands: { 'node dist/migrate.js': migration } }
  const simulator = new Simulator({ ...world, speed: 0, definitions: [], services: [], images: { ...world.images, '*/nestjs:*': nestjs } })
  return { client: simulator.client(), survive: () => survive(simulator) }
}

/** @param {Simulator} simulator */
async function survive(simulator) {
  const running = async () => {
    const { services } = await ecs(simulator, 'DescribeServices', { cluster: 'production', services: ['nestjs'] })
    return services[0].runningCount
  }

  const { taskArns } = await ecs(simulator, 'ListTasks', { cluster: 'production', serviceName: 'nestjs' })
  await ecs(simulator, 'StopTask', { cluster: 'production', task: taskArns[0] })
  simulator.advance(10)
  const left = await running()
  simulator.advance(5 * minute)
  console.log(`a task is killed: ${left} serves on, then ${await running()} again`)
  assert.deepEqual([left, await running()], [1, 2])

  // All tasks together: in percent of one task's processor, and in requests a minute.
  simulator.add({ load: { nestjs: [{ cpu: 360, requests: 5000 }] } })
  simulator.advance(30 * minute)
  const many = await running()
  simulator.add({ load: { nestjs: [{ cpu: 10, requests: 50 }] } })
  simulator.advance(3 * hour)
  console.log(`a crowd comes and goes: ${many} tasks, then ${await running()}`)
  assert.ok(many >= 6, 'so many share it at no more than 60 percent')
  assert.equal(await running(), 2)

  // The day on which clocks are set back has 25 hours.
  const before = simulator.invocations().length
  for (let hours = 0; hours < 26 && simulator.invocations().length === before; hours++) simulator.advance(hour)
  simulator.advance(12 * hour)
  const calls = simulator.invocations().slice(before)
  console.log(`a night: ${calls.length} call of ${calls.map((call) => call.schedule).join(', ')}`)
  assert.equal(calls.length, 1)
}

/**
 * What somebody else calls meanwhile, by the API of ECS itself.
 * @param {Simulator} simulator @param {string} operation @param {object} input
 */
async function ecs(simulator, operation, input) {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    authorization: 'AWS4-HMAC-SHA256 Credential=simulated/20260101/eu-central-1/ecs/aws4_request',
  }
  const response = await fetch(simulator.endpoint, { method: 'POST', headers, body: JSON.stringify(input) })
  const answer = await response.json()
  assert.ok(response.ok, JSON.stringify(answer))
  return answer
}
