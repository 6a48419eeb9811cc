import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { run } from './scenario.mjs'

const folder = new URL('../scenarios/', import.meta.url)

for (const name of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  test(name, () => run(new URL(name, folder)))
}
