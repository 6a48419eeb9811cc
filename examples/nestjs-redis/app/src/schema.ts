// How what is kept in Redis came to look as it does: one step a version, each of which can be taken twice.

import type { Redis } from 'ioredis'

type Step = (redis: Redis) => Promise<void>

const steps: Step[] = [
  // 1: reports were texts under keys of their own, `report:<period>`.
  async () => {},
  // 2: they are the members of one hash, so that all of them can be read at once.
  async (redis) => {
    for await (const keys of redis.scanStream({ match: 'report:*' }) as AsyncIterable<string[]>) {
      for (const key of keys) {
        const text = await redis.get(key)
        if (text !== null) await redis.hsetnx('reports', key.slice('report:'.length), text)
        await redis.del(key)
      }
    }
  },
]

/** Brings it to what this code expects. Says from which version to which; refuses what a newer code has written. */
export async function migrate(redis: Redis): Promise<{ from: number; to: number }> {
  const from = Number((await redis.get('schema')) ?? 0)
  const to = steps.length
  if (from > to) throw new Error(`the schema is ${from}, and this code knows ${to}: deploy a newer one`)
  for (const [index, step] of steps.entries()) {
    if (index < from) continue
    await step(redis)
    await redis.set('schema', index + 1)
  }
  return { from, to }
}
