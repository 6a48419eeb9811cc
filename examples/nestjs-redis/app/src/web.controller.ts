import { Controller, Get } from '@nestjs/common'
import { Store } from './store.js'

@Controller()
export class WebController {
  constructor(private readonly store: Store) {}

  @Get()
  async visit(): Promise<{ visits: number }> {
    return { visits: await this.store.visit() }
  }

  /** What ECS and the load balancer ask: without Redis this task is of no use. */
  @Get('health')
  async health(): Promise<{ redis: 'ok' }> {
    await this.store.ready()
    return { redis: 'ok' }
  }
}
