import 'reflect-metadata'
import type { Server } from 'node:http'
import { ConsoleLogger } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { AppModule } from './app.module.js'
import { migrate } from './schema.js'
import { Settings } from './settings.js'
import { Store } from './store.js'

async function start(): Promise<void> {
  const { port } = new Settings() // first of all: what is missing is said in one line
  const logger = new ConsoleLogger({ colors: process.stdout.isTTY === true })
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { abortOnError: false, logger })
  const { redis } = app.get(Store)

  // ECS stops this container before Redis, which it depends on. Requests end first, then the running job, then the rest;
  // nothing is left to do then, and the process ends with status 0. What takes longer than `stopTimeout` is killed.
  const stop = async () => {
    // Without Redis there is no job to finish, and BullMQ would wait for it for ever.
    await redis.ping().catch(() => process.exit(1))
    await app.close()
    redis.disconnect()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop())

  // A Redis beside the task is empty at first.
  await redis.connect()
  await migrate(redis)
  await app.listen(port)
  // A load balancer reuses a connection for 60 seconds: whoever closes it earlier loses requests.
  const server: Server = app.getHttpServer()
  server.keepAliveTimeout = 65_000
  console.log(`listening on ${await app.getUrl()}`)
}

start().catch((error: Error) => {
  console.error(`cannot start: ${error.message}`)
  process.exit(1)
})
