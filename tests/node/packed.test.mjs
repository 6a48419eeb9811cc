// What is published on npm, as bindings-node/pack.mjs makes it: installed into an empty folder, without a compiler.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const samples = join(root, 'tests/samples')

test('the packages install into an empty folder, and say what is missing', { skip: process.platform === 'win32' }, (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-rollout-packed-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const addons = readdirSync(join(root, 'bindings-node')).filter((name) => name.endsWith('.node'))
  execFileSync(process.execPath, [join(root, 'bindings-node/pack.mjs'), join(folder, 'npm'), ...addons.map((name) => join(root, 'bindings-node', name))])
  const files = join(folder, 'files')
  mkdirSync(files)
  const packages = readdirSync(join(folder, 'npm'))
  for (const name of packages) execFileSync('npm', ['pack', join(folder, 'npm', name), '--pack-destination', files, '--silent', '--loglevel=error'])
  for (const name of ['install.sh', 'installed.mjs']) copyFileSync(join(samples, name), join(files, name))
  assert.equal(execFileSync('sh', [join(files, 'install.sh'), 'node'], { encoding: 'utf8' }), 'installed: it deploys, and reports a rollback\n')

  const alone = join(folder, 'alone')
  mkdirSync(alone)
  writeFileSync(join(alone, 'package.json'), '{"private":true}')
  const main = readdirSync(files).find((name) => /^ecs-rollout-[0-9]/.test(name))
  execFileSync('npm', ['install', '--offline', '--omit=optional', '--no-audit', '--no-fund', '--silent', join(files, main)], { cwd: alone })
  const load = () => spawnSync(process.execPath, ['-e', 'require("ecs-rollout")'], { cwd: alone, encoding: 'utf8' }).stderr
  const platform = packages.find((name) => name !== 'ecs-rollout')
  assert.match(load(), new RegExp(`the package @ecs-rollout/${platform} is not installed; install it beside ecs-rollout: npm install `))

  const installed = join(alone, 'node_modules/@ecs-rollout', platform)
  mkdirSync(installed, { recursive: true })
  const description = JSON.parse(readFileSync(join(folder, 'npm', platform, 'package.json'), 'utf8'))
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ ...description, version: '0.0.1' }))
  assert.match(load(), /but its add-on @ecs-rollout\/\S+ is 0\.0\.1: install the same version of both/)
})

test('each package has its licences, a README and a way home', () => {
  const main = JSON.parse(readFileSync(join(root, 'bindings-node/package.json'), 'utf8'))
  for (const member of ['license', 'repository', 'homepage', 'bugs', 'engines', 'types']) assert(main[member], member)
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE', 'THIRD-PARTY.md', 'bindings-node/README.md']) assert(readFileSync(join(root, name), 'utf8').length > 500, name)
})
