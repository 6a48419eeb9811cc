// Runs a scenario of tests/scenarios through the Node package; the simulator compares what was seen with what is expected.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EcsRolloutError } from 'ecs-rollout'
import { Simulator, difference } from 'ecs-rollout/testing'

export async function run(file) {
  const scenario = JSON.parse(readFileSync(file, 'utf8'))
  const { world, client: settings = {}, after = 0, later = 0, verb = 'deploy', first, request, expect } = scenario
  // A file stands beside the scenarios.
  if (request.file) request.file = fileURLToPath(new URL(request.file, file))
  const simulator = new Simulator(world)
  simulator.advance(after)
  const client = simulator.client(settings)
  if (first) await follow(client, scenario, first)
  const seen = { verb, ...await follow(client, scenario, request) }
  if (expect.again) seen.again = (await follow(client, scenario, request)).end
  simulator.advance(later)
  assert.deepEqual(simulator.check(expect, seen), [])
  simulator.close()
}

// Calls the scenario's verb, and collects its end and its events. The first event like `cancel` cancels it.
export async function follow(client, { verb = 'deploy', cancel }, request) {
  const events = []
  try {
    const begun = client[verb.replace(/_(.)/g, (_, letter) => letter.toUpperCase())](request)
    if (begun instanceof Promise) return { end: { outcome: await begun }, events }
    for await (const event of begun) {
      if (cancel && difference(cancel, event) === undefined) begun.cancel()
      events.push(event)
    }
    return { end: { outcome: await begun }, events }
  } catch (error) {
    assert(error instanceof EcsRolloutError, error)
    return { end: { error: error.code, detail: error.detail, message: error.message }, events }
  }
}
