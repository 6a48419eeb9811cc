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

  [Symbol.dispose ?? Symbol('dispose')]() {
    this.close()
  }

  async [Symbol.asyncDispose ?? Symbol('asyncDispose')]() {
    this.close()
  }
}

exports.Simulator = Simulator
