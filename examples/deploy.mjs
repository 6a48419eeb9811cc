// Deploys a new image to a service of Amazon ECS and shows what happens.
//
// Without AWS settings it starts the simulator and deploys there; with --endpoint, or with AWS settings in the
// environment, the same program deploys for real. --broken shows what an image that does not start looks like.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import cliProgress from 'cli-progress'
import { Client, EcsRolloutError, TaskDefinition } from 'ecs-rollout'
import { Simulator } from 'ecs-rollout/testing'

const { values: options } = parseArgs({
  options: {
    endpoint: { type: 'string' },
    cluster: { type: 'string', default: 'production' },
    service: { type: 'string', default: 'nestjs' },
    tag: { type: 'string', default: '1.1.0' },
    broken: { type: 'boolean', default: false },
  },
})

const system = new URL('./nestjs-redis/', import.meta.url)
const definition = TaskDefinition.load(new URL('taskdef.json', system))
const settings = ['AWS_ENDPOINT_URL', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_WEB_IDENTITY_TOKEN_FILE']
const isReal = options.endpoint !== undefined || settings.some((name) => process.env[name])

function simulated() {
  const world = JSON.parse(readFileSync(new URL('world.json', system), 'utf8'))
  // Where nobody watches, simulated time takes no time.
  const speed = process.stderr.isTTY ? world.speed : 0
  return new Simulator({ ...world, speed, definitions: [definition] }).client()
}

/** A progress bar on a terminal, plain lines elsewhere. @param {import('ecs-rollout').Rollout} rollout */
async function show(rollout) {
  const isTerminal = process.stderr.isTTY
  const bar = new cliProgress.MultiBar({ format: '{numbers} {bar} {percentage}%', noTTYOutput: false, clearOnComplete: false })
  const line = isTerminal ? bar.create(100, 0, { numbers: 'starting' }) : undefined
  /** @param {string} text */
  const say = (text) => (isTerminal ? bar.log(`${text}\n`) : console.log(text))
  try {
    for await (const event of rollout) {
      if (event.type === 'progress') {
        const numbers = `${event.running}/${event.desired} run, ${event.previous} to go`
        if (line) line.update(event.percent, { numbers })
        else say(`${String(event.percent).padStart(3)}%  ${numbers}`)
      } else if (event.type === 'message') say(event.text)
      else if (event.type === 'stopped') say(`stopped: ${event.kind}: ${event.reason}`)
      else if (event.type !== 'succeeded' && event.type !== 'failed') say(Object.values(event).join(' '))
    }
  } finally {
    bar.stop()
  }
}

const client = isReal ? new Client(options.endpoint === undefined ? {} : { endpoint: options.endpoint }) : simulated()
const tag = options.broken ? 'broken' : options.tag
const rollout = client.deploy({ cluster: options.cluster, service: options.service, definition, images: { nestjs: `:${tag}` } })
try {
  await show(rollout)
  const outcome = await rollout
  console.log(`live: ${outcome.definition} (${outcome.seconds.toFixed()} s, ${outcome.calls} calls)`)
} catch (error) {
  if (!(error instanceof EcsRolloutError)) throw error
  console.error(`${error.code}: ${error.message}`)
  for (const cause of 'causes' in error.detail ? error.detail.causes : []) {
    console.error(`  ${cause.tasks.length} tasks: ${cause.summary}\n    ${cause.advice ?? ''}`)
  }
  if ('restored' in error.detail && error.detail.restored) console.error(`  running again: ${error.detail.restored}`)
  process.exitCode = 1
}
