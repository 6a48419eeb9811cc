// What an installed package must do: deploy on the simulator, and say what went wrong; by import and by require.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { Client } from 'ecs-rollout'
import { Simulator } from 'ecs-rollout/testing'

const simulator = new Simulator({
  speed: 0,
  definitions: [{ family: 'api', containerDefinitions: [{ name: 'api', image: 'api:v1', memory: 64 }] }],
  services: [{
    serviceName: 'api',
    taskDefinition: 'api',
    desiredCount: 2,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  }],
  images: { 'api:broken': { exit: { code: 1 } } },
})
const client = simulator.client()
assert((await client.deploy({ service: 'api', images: { api: ':v2' } })).changed)
await assert.rejects(client.deploy({ service: 'api', images: { api: ':broken' } }), { code: 'rolled_back' })
assert.equal(createRequire(import.meta.url)('ecs-rollout').Client, Client)
console.log('installed: it deploys, and reports a rollback')
