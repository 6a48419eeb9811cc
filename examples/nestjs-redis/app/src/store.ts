// What the application keeps in Redis: how often it was visited, and one report a period.

import { Injectable, Logger, ServiceUnavailableException } from '@nestjs/common'
import { Redis } from 'ioredis'
import { Settings } from './settings.js'

export interface Report {
  period: string
  visits: number
}

@Injectable()
export class Store {
  readonly redis: Redis

  constructor(settings: Settings) {
    // Without a connection a command fails at once: whoever asks is told, and asks again.
    const quick = { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 3000 }
    this.redis = new Redis({ ...settings.redis, ...quick })
    const logger = new Logger('Redis')
    this.redis.on('error', (error: Error) => logger.warn(error.message || 'no connection'))
  }

  /** Fails at once where Redis does not answer. */
  async ready(): Promise<void> {
    await this.redis.ping().catch(() => {
      throw new ServiceUnavailableException('redis does not answer')
    })
  }

  visit(): Promise<number> {
    return this.redis.incr('visits')
  }

  async visits(): Promise<number> {
    return Number((await this.redis.get('visits')) ?? 0)
  }

  async keep(report: Report): Promise<void> {
    await this.redis.hset('reports', report.period, JSON.stringify(report))
  }

  async report(period: string): Promise<Report | undefined> {
    const text = await this.redis.hget('reports', period)
    return text === null ? undefined : (JSON.parse(text) as Report)
  }
}
