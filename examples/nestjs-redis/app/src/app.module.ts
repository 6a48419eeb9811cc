import { BullModule } from '@nestjs/bullmq'
import { Global, Module } from '@nestjs/common'
import { JobsController } from './jobs.controller.js'
import { ReportProcessor } from './report.processor.js'
import { Settings } from './settings.js'
import { Store } from './store.js'
import { WebController } from './web.controller.js'

/** A finished period is remembered for longer than a schedule delivers it again (EventBridge Scheduler: a day at most). */
const remembered = { age: 3 * 24 * 3600 }

@Global()
@Module({ providers: [Settings, Store], exports: [Settings, Store] })
class Common {}

@Module({
  imports: [
    Common,
    BullModule.forRootAsync({
      inject: [Settings],
      useFactory: (settings: Settings) => ({
        connection: settings.redis,
        defaultJobOptions: {
          attempts: 5,
          backoff: { type: 'exponential', delay: 2000 },
          removeOnComplete: remembered,
          // What failed for good may be asked for again.
          removeOnFail: true,
        },
      }),
    }),
    BullModule.registerQueue({ name: 'jobs' }),
  ],
  controllers: [WebController, JobsController],
  providers: [ReportProcessor],
})
export class AppModule {}
