// The samples of README and guide that are JavaScript, as programs: see tests/samples/README.md.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Simulator } from 'ecs-rollout/testing'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = readdirSync(join(root, 'docs'), { recursive: true }).filter((file) => file.endsWith('.md')).sort()
const pages = [join(root, 'README.md'), join(root, 'bindings-node/README.md'), ...guide.map((file) => join(root, 'docs', file))]
const worlds = JSON.parse(readFileSync(join(root, 'tests/samples/worlds.json'), 'utf8'))
const block = /(?:^ *<!-- (?<note>[^\n]*?) -->\n)?(?<indent>^ *)```(?<language>\w*)\n(?<text>.*?)^\k<indent>```/gms

function samples() {
  const found = []
  for (const page of pages) {
    const text = readFileSync(page, 'utf8')
    let last
    for (const match of text.matchAll(block)) {
      const { note = '', indent, language } = match.groups
      const body = match.groups.text.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
      if (note === 'output') {
        if (last) last.output = body.trimEnd().split('\n')
        continue
      }
      last = undefined
      if (language !== 'js' || note.startsWith('not run: ')) continue
      const options = note.startsWith('sample: ') ? note.slice(8).split(', ').map((part) => part.split('=')) : []
      const line = text.slice(0, match.index + match[0].indexOf('```')).split('\n').length
      last = { place: `${relative(root, page)}:${line}`, text: body, world: 'prod', output: [], ...Object.fromEntries(options) }
      found.push(last)
    }
  }
  return found
}

function world(name) {
  const { like, ...described } = worlds[name]
  return like ? { ...world(like), ...described } : described
}

function run(folder, env) {
  const child = spawn(process.execPath, ['sample.mjs'], { cwd: folder, env, timeout: 120_000 })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (part) => (stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part) => (stderr += part))
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })))
}

for (const sample of samples()) {
  test(`${sample.place} runs as it stands`, async (context) => {
    // Below this file, so that the package is found.
    const folder = mkdtempSync(join(dirname(fileURLToPath(import.meta.url)), '.sample-'))
    context.after(() => rmSync(folder, { recursive: true }))
    cpSync(join(root, 'tests/samples/files'), folder, { recursive: true })
    writeFileSync(join(folder, 'sample.mjs'), sample.text)
    const simulator = new Simulator(world(sample.world))
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && name !== 'NODE_TEST_CONTEXT')
    const settings = { AWS_ENDPOINT_URL: simulator.endpoint, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-central-1' }
    const { status, stdout, stderr } = await run(folder, { ...Object.fromEntries(clean), ...settings })
    assert.equal(status === 0, sample.ends === undefined, stdout + stderr)
    assert(stderr.includes(sample.ends ?? ''), stderr)
    let printed = stdout + stderr
    for (const line of sample.output) {
      const pattern = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')
      const match = new RegExp(`^${pattern}$`, 'm').exec(printed)
      assert(match, `${line} is not in what was printed:\n${printed}`)
      printed = printed.slice(match.index + match[0].length)
    }
  })
}

test('samples are found', () => assert(samples().length >= 5))
