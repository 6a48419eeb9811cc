// Mistakes that people make, each answered with its place, its cause and the remedy: tests/mistakes.json.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Simulator } from 'ecs-rollout/testing'
import { follow } from './scenario.mjs'

const { world, mistakes } = JSON.parse(readFileSync(new URL('../mistakes.json', import.meta.url), 'utf8'))

// The error's text or, if a warning is expected, the texts of the warnings of that code.
async function told(mistake) {
  const simulator = new Simulator(world)
  const { end, events } = await follow(simulator.client(), mistake, mistake.request)
  simulator.close()
  if (!mistake.warning) return end.message ?? 'it was taken'
  const warnings = events.filter((event) => event.type === 'warning' && event.code === mistake.warning)
  return warnings.map((warning) => warning.text).join('\n')
}

for (const mistake of mistakes) {
  test(`${mistake.about}: ${JSON.stringify(mistake.request)}`, async () => {
    const text = await told(mistake)
    for (const fragment of mistake.says) assert(text.includes(fragment), `${fragment} is not in ${text}`)
    assert(!text.includes('hunter2'), text)
  })
}
