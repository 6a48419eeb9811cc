// What the tests run on: Redis from the system's packages, the application in processes of its own, and a receiver of reports.
// Everything listens on a free port of the loopback and ends with its test.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const secret = 'a-secret-of-the-tests'

/** Why tests with Redis cannot run here; on a continuous integration they must. */
function missing() {
  if (!spawnSync('redis-server', ['--version']).error) return false
  if (process.env.CI) throw new Error('redis-server is missing: apt-get install redis-server')
  console.error('LEFT OUT: no redis-server; apt-get install redis-server')
  return 'no redis-server: apt-get install redis-server'
}

export const withRedis = { skip: missing(), timeout: 60_000 }

/** What a test is to end, the last begun first. @type {WeakMap<object, Array<() => unknown>>} */
const begun = new WeakMap()

export function atEnd(context, end) {
  if (!begun.has(context)) {
    begun.set(context, [])
    context.after(async () => {
      for (const each of begun.get(context).reverse()) await each()
    })
  }
  begun.get(context).push(end)
}

async function freePort() {
  const server = createPlainServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** A process whose lines can be waited for. It is killed with its test. */
function start(context, program, options, env = process.env) {
  const child = spawn(program, options, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close').then(([status, signal]) => ({ status, signal }))
  atEnd(context, () => child.kill('SIGKILL') && ended)
  const lines = []
  let look = () => {}
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line) && look())
  }
  /** The first match among all its lines. */
  const line = (pattern) => new Promise((resolve, reject) => {
    look = () => {
      const found = lines.map((text) => pattern.exec(text)).find(Boolean)
      if (found) resolve(found)
    }
    look()
    ended.then(() => reject(new Error(`ended without ${pattern}:\n${lines.join('\n')}`)))
  })
  return { child, ended, line, lines }
}

export async function startRedis(context) {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-redis-'))
  atEnd(context, () => rmSync(folder, { recursive: true }))
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no']
  const redis = start(context, 'redis-server', options)
  await redis.line(/Ready to accept connections/)
  return { ...redis, port }
}

/** Runs one of the application's programs. */
export function run(context, program, redis, env = {}) {
  const { SCHEDULE_SECRET: _, ...clean } = process.env
  const settings = { ...clean, REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), PORT: '0', ...env }
  const file = fileURLToPath(new URL(`../dist/${program}.js`, import.meta.url))
  return start(context, process.execPath, [file], settings)
}

export async function startApp(context, redis, env = {}) {
  const app = run(context, 'main', redis, { SCHEDULE_SECRET: secret, ...env })
  const [, port] = await app.line(/^listening on .*:(\d+)$/)
  const url = `http://localhost:${port}`
  const order = (period, headers = { 'x-schedule-secret': secret }) =>
    fetch(`${url}/jobs/report`, { method: 'POST', headers: { 'idempotency-key': period, ...headers } })
  return { ...app, port: Number(port), url, order }
}

/** Where reports are sent. Each is answered as the test lets it. */
export async function startReceiver(context) {
  const reports = []
  const held = []
  let isHolding = false
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    reports.push(JSON.parse(text))
    server.emit('report')
    if (isHolding) held.push(response)
    else response.end()
  })
  atEnd(context, () => server.closeAllConnections() ?? server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    reports,
    url: `http://127.0.0.1:${server.address().port}/`,
    hold: () => (isHolding = true),
    release: () => held.splice(0).forEach((response) => response.end()),
    next: () => once(server, 'report'),
  }
}

/** Whether somebody takes connections there. */
export function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost')
    socket.on('connect', () => socket.destroy() && resolve(true)).on('error', () => resolve(false))
  })
}
