// Pushing, against a registry of a few lines: what it is sent is what it keeps.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client, build, push } from 'ecs-rollout'

function layout() {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-rollout-'))
  const blobs = join(folder, 'blobs', 'sha256')
  mkdirSync(blobs, { recursive: true })
  const put = (mediaType, content) => {
    const hex = createHash('sha256').update(content).digest('hex')
    writeFileSync(join(blobs, hex), content)
    return { mediaType, digest: `sha256:${hex}`, size: content.length }
  }
  const config = put('application/vnd.oci.image.config.v1+json', '{"os":"linux","architecture":"amd64"}')
  const layers = [put('application/vnd.oci.image.layer.v1.tar', 'layer')]
  const root = put('application/vnd.oci.image.manifest.v1+json', JSON.stringify({ schemaVersion: 2, config, layers }))
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [root] }))
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  return { folder, digest: root.digest }
}

async function registry() {
  const kept = []
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const path = request.url.replace('uploads/1?digest=', '').replace('%3A', ':')
    if (request.method === 'PUT') kept.push(path)
    const status = { HEAD: kept.includes(path) ? 200 : 404, POST: 202, PUT: 201 }[request.method]
    response.writeHead(status, { location: `${request.url}1` }).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { kept, server, host: `127.0.0.1:${server.address().port}` }
}

test('an image is pushed', async (context) => {
  const { kept, server, host } = await registry()
  context.after(() => server.closeAllConnections() ?? server.close())
  const { folder, digest } = layout()
  const pushing = new Client().push({ image: `${host}/app:v1`, path: folder })
  const events = []
  for await (const event of pushing) events.push(event)
  const pushed = await pushing.outcome()
  assert.deepEqual(events.at(-1), { type: 'pushing', sent: pushed.sent, skipped: 0, total: pushed.sent })
  assert.deepEqual([pushed.digest, pushed.image], [digest, `${host}/app@${digest}`])
  assert.equal(kept.at(-1), '/v2/app/manifests/v1')
  assert.equal((await push({ image: `${host}/app:v2`, path: folder }).outcome()).sent, 0)
})

test('a push ends when its signal is aborted', async () => {
  const { folder } = layout()
  const signal = AbortSignal.abort()
  await assert.rejects(push({ image: '127.0.0.1:9/app:v1', path: folder }, { signal }).outcome(), { code: 'cancelled' })
})

test('a build of which nothing would come is refused', async () => {
  await assert.rejects(build({ context: tmpdir() }).outcome(), { code: 'invalid', message: /nothing would come of it/ })
})

test('a registry that does not answer is given up', async (context) => {
  const silent = createServer(() => {})
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve))
  context.after(() => silent.closeAllConnections() ?? silent.close())
  const { folder } = layout()
  const image = `127.0.0.1:${silent.address().port}/app:v1`
  const late = { code: 'timed_out', message: /did not end within 0.2 s/ }
  await assert.rejects(new Client().resolve({ image, timeout: 0.2 }), late)
  await assert.rejects(new Client().exists({ image, timeout: 0.2 }), late)
  await assert.rejects(push({ image, path: folder, timeout: 0.2 }).outcome(), late)
  await assert.rejects(new Client().resolve({ image, timeout: 0 }), { code: 'invalid', message: /timeout/ })
})
