// The whole system of the example as a user deploys it, on the simulator.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../examples/nestjs-redis/deploy.mjs', import.meta.url))

function run(...options) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
  return spawnSync(process.execPath, [program, ...options], { env, encoding: 'utf8', timeout: 60_000 })
}

test('the system is deployed, and survives a dead task, a crowd and a night', () => {
  const done = run()
  assert.equal(done.status, 0, done.stderr)
  assert.match(done.stdout, /^ {2}the schema is 2 now, and was 0$/m)
  const [first, second] = done.stdout.split('once more:')
  for (const part of ['service', 'scaling', 'schedule']) {
    assert.match(first, new RegExp(`^${part}: changed$`, 'm'))
    assert.match(second, new RegExp(`^${part}: as it is to be$`, 'm'))
  }
  assert.match(done.stdout, /^a task is killed: 1 serves on, then 2 again$/m)
  assert.match(done.stdout, /^a crowd comes and goes: ([6-9]|10) tasks, then 2$/m)
  assert.match(done.stdout, /^a night: 1 call of .*nestjs-report/m)
})

test('a plan says what would be written, in order', () => {
  const done = run('--plan', '--build', '1.2.0')
  assert.equal(done.status, 0, done.stderr)
  assert.match(done.stdout, /^service: would call RegisterTaskDefinition, RunTask, CreateService$/m)
  assert.match(done.stdout, /^scaling: follows once the service is there$/m)
  assert.match(done.stdout, /^schedule: would call CreateSchedule$/m)
})
