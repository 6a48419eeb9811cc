// Never run: what it says about the printed types is checked by the compiler.
import { Client, EcsRolloutError, TaskDefinition, deploy, scale, service } from 'ecs-rollout'
import type { Deployment, Event, Outcome, RunOutcome, Rollout, ScaleOutcome } from 'ecs-rollout'
import { Simulator } from 'ecs-rollout/testing'

const request: Deployment = {
  service: 'api',
  cluster: 'prod',
  definition: TaskDefinition.load('taskdef.json'),
  images: { api: ':2' },
  containers: { api: { environment: { A: '1', OLD: null }, logging: { driver: 'awslogs' } } },
  patch: { cpu: '512' },
  recover: 'leave',
}
// @ts-expect-error an option that does not exist
deploy({ service: 'api', desiredCount: 2 })
// @ts-expect-error the service is needed
deploy({ cluster: 'prod' })
// @ts-expect-error a word that is none of the two
deploy({ service: 'api', recover: 'maybe' })
// @ts-expect-error a setting that does not exist
new Client({ regoin: 'eu-central-1' })

// @ts-expect-error a route that does not exist
new Client().schedule({ name: 'n', route: 'lambda' })

export async function nightly(role: string, lambda: string): Promise<string | undefined> {
  const target = { lambda, input: { path: '/cron' } }
  const { next, findings } = await new Client().schedule({ name: 'n', expression: 'rate(1 day)', start: 1.8e9, role, target })
  return next[0] ?? findings[0]?.advice
}

// @ts-expect-error settings are a document
service({ service: 'api', settings: [] })
// @ts-expect-error a cooldown is one for each direction
scale({ service: 'api', cooldown: 60 })

export async function provide(): Promise<ScaleOutcome> {
  const { created, findings } = await service({ settings: { serviceName: 'api', desiredCount: 2 }, definition: 'api:7' }).outcome()
  console.log(created, findings.map((finding) => finding.rule))
  return scale({ service: 'api', min: 2, max: 6, cpu: 60, memory: null, cooldown: { in: 300 }, suspended: { out: false } })
}

export async function review(): Promise<string[]> {
  const plan = await new Client({ region: 'eu-central-1' }).plan({ ...request, variables: { TAG: '2' } })
  return plan.images.map((image) => `${image.container}: ${image.from ?? 'new'} -> ${image.to}`)
}

function tell(event: Event): string {
  switch (event.type) {
    case 'progress': return `${event.running}/${event.desired}`
    case 'stopped': return event.containers.map((container) => container.exit ?? 'never started').join()
    case 'succeeded': return event.definition
    default: return event.type
  }
}

export async function main(): Promise<Outcome> {
  using simulator = new Simulator()
  // @ts-expect-error a control that does not exist
  simulator.client().deploy(request, { sginal: AbortSignal.abort() })
  await using rollout = simulator.client().deploy(request, { signal: AbortSignal.timeout(1000) })
  try {
    for await (const event of rollout) console.log(tell(event))
    const outcome: Outcome = await rollout
    return outcome
  } catch (error) {
    if (!(error instanceof EcsRolloutError)) throw error
    // The code says which detail there is.
    if (error.code === 'rolled_back') console.log(error.detail.restored?.toUpperCase(), error.detail.causes[0]?.advice)
    if (error.code === 'image_missing') console.log(error.detail.image, error.detail.nearest.length)
    // @ts-expect-error a detail of another code
    if (error.code === 'invalid') console.log(error.detail.restored)
    // @ts-expect-error a code that does not exist
    if (error.code === 'rolledback') console.log()
    throw new EcsRolloutError('mine', 'network', { operation: 'o', endpoint: 'e', text: error.message })
  }
}

export async function migrate(): Promise<number | undefined> {
  const client = new Client()
  const registered = await client.register({ service: 'api', images: { api: ':2' } })
  const run: Rollout<Event, RunOutcome> = client.run({ definition: registered.definition!, command: ['migrate'], key: 'ci/7', stop: true })
  for await (const event of run) if (event.type === 'log') console.log(event.at, event.text)
  // @ts-expect-error a variable has a text
  client.deploy({ service: 'api', before: [{ environment: { A: null } }] })
  return (await run.outcome()).tasks[0]?.containers[0]?.exit
}
