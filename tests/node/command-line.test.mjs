// The program `ecs-rollout` as npm installs it: the main job, its exit code, and signals.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

const system = new URL('../../examples/nestjs-redis/', import.meta.url)
const read = (name) => JSON.parse(readFileSync(new URL(name, system), 'utf8'))
const { bin } = createRequire(import.meta.url)('ecs-rollout/package.json')
const program = createRequire(import.meta.url).resolve('ecs-rollout/package.json').replace('package.json', bin['ecs-rollout'])
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|ECS_ROLLOUT)_/.test(name)))

function line(more, ...options) {
  const file = join(mkdtempSync(join(tmpdir(), 'ecs-rollout-')), 'world.json')
  writeFileSync(file, JSON.stringify({ ...read('world.json'), speed: 0, definitions: [read('taskdef.json')], ...more }))
  return [program, 'deploy', 'nestjs', '--cluster', 'production', '--simulate', file, ...options]
}

test('it deploys on the simulator', () => {
  const run = (tag) => spawnSync(process.execPath, line({}, '--output', 'json', '--image', `nestjs=:${tag}`), { env, encoding: 'utf8', timeout: 60_000 })
  const done = run('1.1.0')
  assert.equal(done.status, 0, done.stderr)
  const last = JSON.parse(done.stdout.trimEnd().split('\n').at(-1))
  assert.equal(last.type, 'succeeded')
  assert.match(last.definition, /nestjs-redis:2$/)
  const broken = run('broken')
  assert.equal(broken.status, 11)
  assert.match(broken.stderr, /error: nestjs was rolled back: container "nestjs" exited with code 1/)
})

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`${signal} leaves, and says how to join again`, async () => {
    const slow = { speed: 20, images: { '*': { start: 100_000 } } }
    const left = spawn(process.execPath, line(slow, '--image', 'nestjs=:1.1.0'), { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000, killSignal: 'SIGKILL' })
    let rest = ''
    for await (const text of createInterface({ input: left.stderr })) {
      if (text.includes('2 starting')) left.kill(signal)
      rest += `${text}\n`
    }
    const status = left.exitCode ?? (await new Promise((resolve) => left.on('exit', resolve)))
    assert.equal(status, 15, rest)
    assert.match(rest, /`ecs-rollout watch nestjs --cluster production` joins it/)
  })
}
