/// <reference lib="esnext.disposable" />

import type { Client } from './index.js'

/**
 * The ECS control plane in small, served from this process on a clock of its own.
 *
 * `world` is its state and behaviour: clusters, definitions, services, images, faults, script, and `speed`, how many
 * simulated seconds pass in a second; 0 lets time pass only as `client()` waits, so that a rollout takes no time.
 */
export class Simulator implements Disposable, AsyncDisposable {
  constructor(world?: object)
  /** Where it serves, as an endpoint URL for any AWS SDK. */
  readonly endpoint: string
  /** Simulated seconds since it started. */
  readonly now: number
  /** A client for it, with made-up credentials, that waits by its clock. */
  client(): Client
  /** Lets simulated seconds pass. */
  advance(seconds: number): void
  /** Adds to its world. */
  add(world: object): void
  /** The calls that came, in order: `at`, `operation`, `input`, `status`. */
  calls(): Array<Record<string, any>>
  /** What really became of every deployment. */
  truth(): Array<Record<string, any>>
  /** The calls that schedules and rules made, in order: `at`, `schedule`, `group`, `route`, `target`, `input`, `http`, `operation`, `error`. */
  invocations(): Array<Record<string, any>>
  /** Stops it. */
  close(): void
  [Symbol.dispose](): void
  [Symbol.asyncDispose](): Promise<void>
}
