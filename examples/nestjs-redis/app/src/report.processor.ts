// The work itself: one report a period, kept, and sent where that is asked for.

import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq'
import { Logger } from '@nestjs/common'
import type { Job } from 'bullmq'
import { Settings } from './settings.js'
import { type Report, Store } from './store.js'

export interface ReportJob {
  period: string
}

@Processor('jobs')
export class ReportProcessor extends WorkerHost {
  readonly #logger = new Logger('Report')

  constructor(
    private readonly settings: Settings,
    private readonly store: Store,
  ) {
    super()
  }

  async process({ data: { period } }: Job<ReportJob>): Promise<Report> {
    const report = { period, visits: await this.store.visits() }
    if (this.settings.reports) await send(report, this.settings.reports)
    await this.store.keep(report)
    this.#logger.log(`${period}: ${report.visits} visits`)
    return report
  }

  @OnWorkerEvent('failed')
  failed(job: Job<ReportJob> | undefined, error: Error): void {
    this.#logger.error(`${job?.data.period}: attempt ${job?.attemptsMade}: ${error.message}`)
  }

  @OnWorkerEvent('error')
  error(error: Error): void {
    this.#logger.warn(error.message || 'no connection')
  }
}

/** An attempt whose answer was lost is made again: the key tells the receiver. */
async function send(report: Report, to: URL): Promise<void> {
  const response = await fetch(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': report.period },
    body: JSON.stringify(report),
    signal: AbortSignal.timeout(30_000),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the receiver of reports answered ${response.status}`)
}
