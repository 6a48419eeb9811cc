// The example as a user runs it, on the simulator.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../examples/deploy.mjs', import.meta.url))

function run(...options) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
  return spawnSync(process.execPath, [program, ...options], { env, encoding: 'utf8', timeout: 60_000 })
}

test('it deploys on the simulator', () => {
  const done = run()
  assert.equal(done.status, 0, done.stderr)
  assert.match(done.stdout, /100%  2\/2 run, 0 to go/)
  assert.match(done.stdout, /live: arn:.*nestjs-redis:2 \(/)
})

test('a broken image ends with the reason', () => {
  const done = run('--broken')
  assert.equal(done.status, 1)
  assert.match(done.stderr, /rolled_back: .*container "nestjs" exited with code 1/)
  assert.match(done.stderr, /running again: /)
})
