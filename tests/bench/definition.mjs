// What a task definition costs through Node, beside JSON.parse and JSON.stringify of the same text.
// Takes an optimised build of the package: see CONTRIBUTING.md.
import { readFileSync } from 'node:fs'
import { TaskDefinition } from 'ecs-rollout'

function document(kilobytes, containers) {
  const base = JSON.parse(readFileSync(new URL('../../examples/nestjs-redis/taskdef.json', import.meta.url)))
  const [container] = base.containerDefinitions
  base.containerDefinitions = Array.from({ length: containers }, (_, at) => ({ ...container, name: `c${at}`, environment: [], dependsOn: [], portMappings: [] }))
  for (let at = 0; JSON.stringify(base).length < kilobytes * 1024; at++) {
    base.containerDefinitions[at % containers].environment.push({ name: `VARIABLE_${at}`, value: `value number ${at}` })
  }
  return JSON.stringify(base)
}

function microseconds(action) {
  const times = []
  for (let round = 0; round < 200; round++) {
    const from = process.hrtime.bigint()
    action()
    times.push(Number(process.hrtime.bigint() - from) / 1e3)
  }
  return times.sort((a, b) => a - b)[20]
}

const changes = { images: { c0: ':2' }, containers: { c0: { environment: { MODE: 'live' } } } }
for (const [kilobytes, containers] of [[2, 1], [10, 10], [64, 10]]) {
  const text = document(kilobytes, containers)
  const ours = microseconds(() => new TaskDefinition(text).render(changes).toString())
  const bare = microseconds(() => JSON.stringify(JSON.parse(text)))
  const both = microseconds(() => { const one = new TaskDefinition(text).render(changes); one.validate(); return one.toString() })
  console.log(`Node   ${(text.length / 1024).toFixed(1).padStart(5)} KB: load, render, write ${ours.toFixed(1).padStart(8)} µs; with validate ${both.toFixed(1).padStart(8)} µs; JSON.parse + stringify ${bare.toFixed(1)} µs`)
}
