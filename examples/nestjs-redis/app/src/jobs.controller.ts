// The periodic work as an endpoint: who calls it decides when, and each period is worked on once.

import { InjectQueue } from '@nestjs/bullmq'
import { BadRequestException, Controller, Get, Headers, HttpCode, Logger, NotFoundException, Param, Post, UseGuards } from '@nestjs/common'
import type { Queue } from 'bullmq'
import type { ReportJob } from './report.processor.js'
import { ScheduleGuard } from './schedule.guard.js'
import { type Report, Store } from './store.js'

@Controller('jobs/report')
@UseGuards(ScheduleGuard)
export class JobsController {
  constructor(
    @InjectQueue('jobs') private readonly queue: Queue<ReportJob>,
    private readonly store: Store,
  ) {
    const logger = new Logger('Queue')
    queue.on('error', (error) => logger.warn(error.message || 'no connection'))
  }

  /** A schedule delivers at least once. The second time, its period has a job already, and BullMQ leaves it at that. */
  @Post()
  @HttpCode(202)
  async order(@Headers('idempotency-key') period = ''): Promise<{ job: string | undefined }> {
    if (!/^[\w.:+-]{1,64}$/.test(period)) {
      throw new BadRequestException('the header idempotency-key must name the period, such as the time that it was due')
    }
    // BullMQ would wait for a lost Redis for ever, and the caller with it.
    await this.store.ready()
    // BullMQ's own keys are divided by colons, which times have as well.
    const job = await this.queue.add('report', { period }, { jobId: `report-${encodeURIComponent(period)}` })
    return { job: job.id }
  }

  @Get(':period')
  async read(@Param('period') period: string): Promise<Report> {
    const report = await this.store.report(period)
    if (!report) throw new NotFoundException()
    return report
  }
}
