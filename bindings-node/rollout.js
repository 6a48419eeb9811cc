'use strict'
// A rollout as a promise and as an iterable, so that its end is seen by whoever looks at it, and by Node where nobody does.

class EcsRolloutError extends Error {
  constructor(message, code, detail) {
    super(message)
    this.name = 'EcsRolloutError'
    this.code = code
    this.detail = detail
  }
}

// The add-on's errors have JSON as their message.
function revive(error) {
  try {
    const { message, code, detail } = JSON.parse(error.message)
    return new EcsRolloutError(message, code, detail)
  } catch {
    return error
  }
}

function refuse(path, what) {
  const text = `${path}: ${what}`
  throw new EcsRolloutError(`invalid input: ${text}`, 'invalid', { path, text, findings: [] })
}

const nothing = () => {}

// Cancels when the signal is aborted; gives what ends the listening.
function listen(signal, cancel) {
  if (signal?.aborted) cancel()
  if (!signal || signal.aborted) return nothing
  signal.addEventListener('abort', cancel, { once: true })
  return () => signal.removeEventListener('abort', cancel)
}

// Rollouts whose events are being read. A loop that is never ended, nor left, must not hide how they ended.
const read = new Set()

process.on('beforeExit', () => {
  for (const rollout of read) rollout[unread]()
})

// Rollouts that have not ended, but for those that were cancelled on purpose.
const begun = new Set()

// A program that ends by process.exit() ends before Node says anything.
process.on('exit', (status) => {
  if (status !== 0 || (begun.size === 0 && ![...read].some((rollout) => rollout[isForgotten]()))) return
  process.exitCode = 1
  console.error('ecs-rollout: the process ended before anybody had seen how a rollout ends: await it, or cancel() it')
})

const unread = Symbol('unread')
const isForgotten = Symbol('isForgotten')

/**
 * A rollout that was started: a promise of its outcome, and an iterable of its events, each given out once.
 *
 * Whoever starts it must look at its end: by `await`, or by reading its events to the end, which throws what the outcome throws. A
 * failure that nobody sees is an unhandled rejection, and the process lives until the rollout has ended; if `process.exit()` ends it
 * before, its status is 1, unless the rollout was cancelled by `cancel()`. Leaving the loop early stops the reading alone. The signal
 * stops the watching, never the deployment: the end is `cancelled`. So does the end of a block with `await using`; it throws the error
 * if nobody has looked.
 *
 * An error that is awaited is seen, unless Node reports that nobody handled it. An error that the program takes as a value is the
 * program's own to look at: from `Promise.allSettled`, or of a promise that loses a `Promise.race`.
 */
class Rollout {
  #native
  #end
  // Rejects as the outcome does, with nobody to handle it: Node says so, unless somebody has looked.
  #unseen
  #isSeen = false
  #isBad = false
  #loops = 0

  constructor(inner, signal) {
    this.#native = inner
    const release = listen(signal, () => inner.cancel())
    const fail = (error) => {
      this.#isBad = true
      throw revive(error)
    }
    const end = () => {
      begun.delete(this)
      release()
    }
    begun.add(this)
    this.#end = inner.outcome().then(JSON.parse, fail).finally(end)
    this.#unseen = this.#end.then(nothing)
  }

  #see() {
    this.#isSeen = true
    this.#unseen.catch(nothing)
  }

  // Whoever reads the events sees the end after them.
  #readBy(loops) {
    this.#loops += loops
    if (this.#loops > 0) {
      read.add(this)
      this.#unseen.catch(nothing)
    } else this[unread]()
  }

  [unread]() {
    read.delete(this)
    if (!this.#isSeen) this.#unseen = this.#end.then(nothing)
  }

  // Its events tell of a bad end, and nobody has read them to the end.
  [isForgotten]() {
    return this.#isBad && !this.#isSeen
  }

  outcome() {
    return this.then()
  }

  then(onOutcome, onError) {
    this.#see()
    return this.#end.then(onOutcome, onError)
  }

  catch(onError) {
    return this.then(undefined, onError)
  }

  finally(onEnd) {
    this.#see()
    return this.#end.finally(onEnd)
  }

  cancel() {
    this.#see()
    begun.delete(this)
    this.#native.cancel()
  }

  get [Symbol.toStringTag]() {
    return 'Rollout'
  }

  [Symbol.asyncIterator]() {
    const events = this.#native.events()
    let isOpen = true
    const close = () => {
      if (isOpen) this.#readBy(-1)
      isOpen = false
    }
    this.#readBy(1)
    return {
      next: async () => {
        const event = await events.next()
        if (event !== null) return { done: false, value: JSON.parse(event) }
        if (isOpen) {
          this.#see()
          close()
          await this.#end
        }
        return { done: true, value: undefined }
      },
      return: async () => {
        close()
        events.leave()
        return { done: true, value: undefined }
      },
    }
  }

  // `using`: the watching ends with the block. Whoever has not looked by then is to hear that it was cancelled.
  [Symbol.dispose ?? Symbol('dispose')]() {
    this.#native.cancel()
  }

  async [Symbol.asyncDispose ?? Symbol('asyncDispose')]() {
    this.#native.cancel()
    try {
      await this.#end
    } catch (error) {
      if (!this.#isSeen) throw error
    } finally {
      this.#see()
    }
  }
}

module.exports = { EcsRolloutError, Rollout, refuse, revive }
