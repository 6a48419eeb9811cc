// Secrets planted wherever a user may give one (tests/canaries.json) come out nowhere: not in events, outcomes, errors, nor in what is
// printed.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Client, EcsRolloutError, Rollout, TaskDefinition } from 'ecs-rollout'
import { Simulator } from 'ecs-rollout/testing'

const { world, canary, cases } = JSON.parse(readFileSync(new URL('../canaries.json', import.meta.url), 'utf8'))

// As whoever prints or logs it would see it. The JSON of a definition is asked for, and whole.
const shown = (one) => [inspect(one, { depth: 20, showHidden: true }), String(one), JSON.stringify(one) ?? '']

async function ask(client, { verb, request, cancel }, seen) {
  seen.push(...shown(client))
  try {
    const begun = client[verb.replace('_all', 'All')](request)
    seen.push(...shown(begun))
    if (begun instanceof Rollout) {
      for await (const event of begun) {
        seen.push(...shown(event))
        if (cancel && event.type === cancel.type) begun.cancel()
      }
    }
    seen.push(...shown(await begun))
  } catch (error) {
    assert(error instanceof EcsRolloutError, error)
    seen.push(...shown(error), error.message, error.stack, ...shown(error.detail))
    if (error.report) seen.push(error.report())
  }
}

const check = (seen) => assert.deepEqual(seen.filter((text) => text.includes(canary)), [])

for (const one of cases) {
  test(one.about, async () => {
    const simulator = new Simulator(world)
    const seen = []
    await ask(simulator.client(), one, seen)
    simulator.close()
    check(seen)
  })
}

test('a client and a definition', () => {
  const client = new Client({ endpoint: `http://user:${canary}@127.0.0.1:1`, region: 'eu-central-1', tags: { a: canary } })
  const { definition } = cases.find((one) => one.about === 'a success').request
  const first = new TaskDefinition(definition)
  const second = first.render({ containers: { api: { environment: { A: `${canary}2`, NEW: canary }, command: [canary] } } })
  const text = first.diffText(second, false)
  assert(text.includes('(hidden '))
  check([...shown(client), inspect(first, { depth: 20, showHidden: true }), JSON.stringify(first.validate()), text])
})
