// The one-off task before a deployment: brings Redis to what this image expects, and fails where that cannot be.

import { Settings } from './settings.js'
import { migrate } from './schema.js'
import { Store } from './store.js'

const { redis } = new Store(new Settings())
try {
  await redis.connect()
  const { from, to } = await migrate(redis)
  console.log(from === to ? `the schema is ${to} already` : `the schema is ${to} now, and was ${from}`)
} catch (error) {
  console.error(`cannot migrate: ${(error as Error).message}`)
  process.exitCode = 1
} finally {
  redis.disconnect()
}
