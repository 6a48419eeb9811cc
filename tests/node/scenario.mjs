// Runs a scenario of tests/scenarios through the Node package; the rules of matching are those of tests/rust/lib.rs.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { EcsRolloutError } from 'ecs-rollout'
import { Simulator } from 'ecs-rollout/testing'

export async function run(file) {
  const scenario = JSON.parse(readFileSync(file, 'utf8'))
  const { world, after = 0, later = 0, verb = 'deploy', first, request, expect } = scenario
  const simulator = new Simulator(world)
  simulator.advance(after)
  const events = []
  let end
  const client = simulator.client()
  // What somebody has asked for before, to its end, whatever that was.
  if (first) await follow(client, scenario, first, []).catch(() => {})
  try {
    end = { outcome: await follow(client, scenario, request, events) }
  } catch (error) {
    assert(error instanceof EcsRolloutError, error)
    end = { error: error.code, detail: error.detail, message: error.message }
  }
  if (expect.again) {
    const outcome = await follow(client, scenario, request, [])
    assert(matches(expect.again, { outcome }), `again: ${show(outcome)}`)
  }
  simulator.advance(later)
  assert(matches(expect.end, end), `the end: expected ${show(expect.end)}, seen ${show(end)}`)
  let at = 0
  for (const expected of expect.events ?? []) {
    const found = events.findIndex((event, index) => index >= at && matches(expected, event))
    assert(found >= 0, `no event ${show(expected)} in ${show(events)}`)
    at = found + 1
  }
  for (const never of expect.never ?? []) {
    assert(!events.some((event) => matches(never, event)), `there is an event ${show(never)}`)
  }
  const calls = simulator.calls().filter((call) => call.by !== 'script')
  if (expect.writes) {
    const written = calls.filter((call) => !/^(Describe|Get|List|BatchGet)/.test(call.operation))
    assert(matches(expect.writes, written), `writes: expected ${show(expect.writes)}, seen ${show(written)}`)
  }
  if (expect.invocations) {
    assert(matches(expect.invocations, simulator.invocations()), `invocations: ${show(simulator.invocations())}`)
  }
  assert(calls.length <= (expect.calls ?? Infinity), `${calls.length} calls`)
  checkTime(simulator, events, verb, expect.late ?? 2)
  simulator.close()
}

// Asks for what the scenario's verb says, and takes in its events. It is cancelled with the first that matches `cancel`.
export async function follow(client, { verb = 'deploy', cancel }, request, events) {
  const begun = client[verb](request)
  if (begun instanceof Promise) return begun
  for await (const event of begun) {
    if (cancel && matches(cancel, event)) begun.cancel()
    events.push(event)
  }
  return begun.outcome()
}

function checkTime(simulator, events, verb, late) {
  for (const said of events.filter((event) => event.type === 'succeeded')) {
    // Turned round, a deployment gives way to the one that goes back: that is what must be complete.
    const ours = simulator.truth().findLast((truth) => verb === 'rollback' || truth.deployment === said.deployment)
    assert.equal(ours.state, 'completed')
    const after = simulator.now - ours.finished
    assert(ours.finished < 0 || (after >= 0 && after <= late), `complete at ${ours.finished}, said ${after} s later`)
  }
}

const show = (value) => JSON.stringify(value, null, 1)

function matches(expected, seen) {
  if (Array.isArray(expected) && Array.isArray(seen)) {
    return expected.length === seen.length && expected.every((value, index) => matches(value, seen[index]))
  }
  if (isObject(expected) && isObject(seen)) {
    return Object.entries(expected).every(([name, value]) => (name in seen ? matches(value, seen[name]) : value === null))
  }
  if (typeof expected === 'string' && typeof seen === 'string' && /^\*[^]*\*$/.test(expected)) {
    return seen.includes(expected.slice(1, -1))
  }
  return expected === seen
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
