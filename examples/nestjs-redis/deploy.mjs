// Brings the whole system to what this folder says: image, migration, service, scaling, schedule. What is there already stays
// as it is: run twice, the second time writes nothing.
//
//   node deploy.mjs --role ARN --build 1.2.0    builds app/, pushes it, and deploys it
//   node deploy.mjs --image :1.2.0              deploys an image that is there
//   node deploy.mjs --plan                      writes nothing, and says what would be written
//
// Without AWS settings all of it happens on the simulator, which then shows what the system survives (demo.mjs).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Client, EcsRolloutError, TaskDefinition } from 'ecs-rollout'

const region = 'eu-central-1'
const repository = `123456789012.dkr.ecr.${region}.amazonaws.com/nestjs`

const { values: options } = parseArgs({
  options: {
    build: { type: 'string' },
    image: { type: 'string', default: ':1.1.0' },
    plan: { type: 'boolean', default: false },
    role: { type: 'string' },
    endpoint: { type: 'string' },
  },
})

const here = (/** @type {string} */ name) => new URL(name, import.meta.url)
const definition = TaskDefinition.load(here('taskdef.json'))
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(here(name), 'utf8'))
const settings = read('service.json')
const schedule = read('schedule.json')
const { serviceName: service, cluster } = settings
const { build, image, plan, role, endpoint } = options

const variables = ['AWS_ENDPOINT_URL', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_WEB_IDENTITY_TOKEN_FILE']
const isReal = role !== undefined || endpoint !== undefined || variables.some((name) => process.env[name])
const demo = isReal ? undefined : (await import('./demo.mjs')).start()
if (demo) console.log('on the simulator, for there are no AWS settings:')
const client = demo?.client ?? new Client({ region, ...(role && { role }), ...(endpoint && { endpoint }) })

async function push() {
  if (build === undefined) return image
  if (plan) return `:${build}`
  const built = await show(
    client.build({
      context: fileURLToPath(here('app')),
      platforms: ['linux/amd64'],
      image: `${repository}:${build}`,
      create: true,
      scan: { fail: 'critical' },
    }),
  )
  return built.pushed?.image ?? `:${build}`
}

async function deploy() {
  const images = { nestjs: await push() }
  const migration = { container: 'nestjs', command: ['node', 'dist/migrate.js'] }
  // An image that is yet to be built cannot be looked at.
  const verify = !(plan && build)
  const provided = await show(client.service({ settings, definition, images, before: [migration], verify, plan }))
  say('service', provided)

  if (plan && provided.created) console.log('scaling: follows once the service is there')
  else say('scaling', await client.scale({ service, cluster, min: 2, max: 10, cpu: 60, requests: 1000, plan }))

  const report = await client.schedule({ ...schedule, plan })
  say('schedule', report)
  console.log(`  next: ${report.next.slice(0, 3).join(', ')}`)
}

/**
 * Tells of it as it goes, and gives what came of it.
 * @template O
 * @param {import('ecs-rollout').Rollout<import('ecs-rollout').Event, O>} rollout
 */
async function show(rollout) {
  for await (const event of rollout) {
    const text = line(event)
    if (text) console.log(`  ${text}`)
  }
  return rollout
}

/** @param {import('ecs-rollout').Event} event */
function line(event) {
  switch (event.type) {
    case 'progress':
      return `${event.running} of ${event.desired} run, ${event.previous} to go`
    case 'message':
    case 'building':
    case 'log':
      return event.text
    case 'pushing':
    case 'succeeded':
    case 'failed':
      return undefined // what came of it is said at the end
    default:
      return Object.values(event).filter((value) => typeof value !== 'object').join(' ')
  }
}

/**
 * What a verb has come to, in lines.
 * @param {string} what
 * @param {{ changed: boolean, planned: Array<{ operation: string }>, findings: Array<{ path: string, text: string }> }} end
 */
function say(what, { changed, planned, findings }) {
  const calls = planned.map((call) => call.operation).join(', ')
  console.log(`${what}: ${changed ? (plan ? `would call ${calls}` : 'changed') : 'as it is to be'}`)
  for (const finding of findings) console.log(`  ${finding.path}: ${finding.text}`)
}

try {
  await deploy()
  if (demo && !plan) {
    console.log('once more:')
    await deploy()
    await demo.survive()
  }
} catch (error) {
  if (!(error instanceof EcsRolloutError)) throw error
  console.error(`${error.code}: ${error.message}`)
  for (const cause of 'causes' in error.detail ? error.detail.causes : []) console.error(`  ${cause.summary}\n    ${cause.advice ?? ''}`)
  process.exitCode = 1
}
