// Printed by tests/contract.rs. Do not edit.
/// <reference lib="esnext.disposable" />

import type { Client } from './index.js'
import type { ClientOptions } from './types.js'

/**
 * A simulator of Amazon ECS that serves on an address of its own until it is closed, or it and its clients are dropped.
 *
 * It has a clock of its own. The member `speed` of its world is the number of simulated seconds that pass in a second;
 * with 0, time passes only while a client of `client` waits, so that a rollout takes no time.
 */
export class Simulator implements Disposable, AsyncDisposable {
  /**
   * Starts a simulator on a free port of 127.0.0.1. A world of `null` or `{}` is empty but for the cluster `default`.
   *
   * Errors: A text that names a member of the world that is unknown, of a wrong type, or refused by ECS.
   */
  constructor(world?: object)
  /**
   * Makes a client that calls this simulator and waits by its clock: at speed 0, a rollout of minutes takes no time. The
   * simulator goes on serving as long as the client exists.
   */
  client(settings?: ClientOptions): Client
  /** Its address, for instance `http://127.0.0.1:4566`, as an endpoint URL for any AWS SDK. */
  readonly endpoint: string
  /** Simulated seconds since it started. */
  readonly now: number
  /** Lets simulated seconds pass. */
  advance(seconds: number): void
  /**
   * Merges more world into the running one. Services added are in steady state at once.
   *
   * Errors: As those of a new simulator; nothing of the document is taken then. `speed` and `region` cannot be changed.
   */
  add(world: object): void
  /**
   * Every HTTP call that came, in order, faulted ones included: `{at, operation, input, status, error?, service?}`, the
   * service where it is not ECS. A call that got no answer has status 0. Calls of the world's script are among them,
   * marked `"by": "script"`; answers that were old, and therefore others than those of the moment, are marked `"shown"`:
   * `stale`, `torn` or `replica`.
   */
  calls(): Array<Record<string, any>>
  /**
   * Every deployment as it really is, whatever the API shows: `{cluster, service, deployment, definition, by?, created,
   * live?, finished?, state, reason?}`, the times in simulated seconds since the start. `by` is `script` or `rollback`
   * if no caller began it.
   */
  deployments(): Array<Record<string, any>>
  /**
   * Every call that a schedule of EventBridge Scheduler or a rule has made: `{at, schedule, group?, route, target,
   * input?, http?, operation?, error?}`. An address is not called, a function neither; what is ECS's is performed.
   */
  invocations(): Array<Record<string, any>>
  /**
   * Returns all that differs between what was expected of a verb and what was seen; empty if nothing does.
   *
   * `expect` may have: `end`, how it ended; `events`, which came in this order, with others between them; `never`,
   * events that did not come; `writes`, the calls that write; `invocations`; `calls`, how many there were at most; and
   * `late`, how many seconds after a deployment is complete its success is reported at most (2 if not given). `seen` has
   * `end`, which is `{outcome}` or `{error, detail, message}`, `events`, and the name of the `verb`. `again` is how a
   * second call ended. Values are compared as `difference` does.
   */
  check(expect: object, seen: object): string[]
  /** Stops serving, whoever still calls. */
  close(): void
  [Symbol.dispose](): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Returns what differs first between an expectation and what was seen; `undefined` if `seen` has all that is expected.
 *
 * Members that are not expected do not count. `"*text*"` expects a text that has `text` in it. `null` expects that there
 * is no such member. A list expects as many entries.
 */
export function difference(expected: unknown, seen: unknown): string | undefined
