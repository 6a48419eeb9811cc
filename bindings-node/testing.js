'use strict'
// The ECS control plane in small, for tests of deploy scripts.

const native = require('./native.js')
const { Client } = require('./index.js')

class Simulator {
  #native

  constructor(world) {
    this.#native = new native.Simulator(JSON.stringify(world ?? {}))
  }

  get endpoint() {
    return this.#native.endpoint()
  }

  get now() {
    return this.#native.now()
  }

  client() {
    return new Client(this.#native.client())
  }

  advance(seconds) {
    this.#native.advance(seconds)
  }

  add(world) {
    this.#native.add(JSON.stringify(world))
  }

  calls() {
    return JSON.parse(this.#native.calls())
  }

  truth() {
    return JSON.parse(this.#native.truth())
  }

  invocations() {
    return JSON.parse(this.#native.invocations())
  }

  close() {
    this.#native.close()
  }
}

for (const dispose of [Symbol.dispose, Symbol.asyncDispose]) {
  // Absent where the runtime has no `using`.
  if (dispose) Object.defineProperty(Simulator.prototype, dispose, { value: Simulator.prototype.close })
}

exports.Simulator = Simulator
