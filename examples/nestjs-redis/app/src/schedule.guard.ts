// Lets in who knows the shared secret: the schedule, and nobody else.

import { createHash, timingSafeEqual } from 'node:crypto'
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common'
import { Settings } from './settings.js'

const digest = (text: string) => createHash('sha256').update(text).digest()

@Injectable()
export class ScheduleGuard implements CanActivate {
  readonly #expected: Buffer

  constructor(settings: Settings) {
    this.#expected = digest(settings.secret)
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>()
    // Digests are of one length, and comparing them takes the same time whatever was sent.
    if (!timingSafeEqual(digest(headers['x-schedule-secret'] ?? ''), this.#expected)) throw new UnauthorizedException()
    return true
  }
}
