// Printed by tests/contract.rs. Do not edit.
'use strict'

const native = require('./native.js')
const { Client } = require('./index.js')

const toText = (value) => JSON.stringify(value ?? null)

class Simulator {
  #native

  constructor(world = {}) {
    this.#native = new native.Simulator(toText(world))
  }

  #ask(method, ...given) {
    return JSON.parse(this.#native.ask(method, given.map(toText))) ?? undefined
  }

  client(settings = {}) {
    return new Client(this.#native.client(toText(settings)))
  }

  get endpoint() {
    return this.#ask('endpoint')
  }

  get now() {
    return this.#ask('now')
  }

  advance(seconds) {
    return this.#ask('advance', seconds)
  }

  add(world) {
    return this.#ask('add', world)
  }

  calls() {
    return this.#ask('calls')
  }

  deployments() {
    return this.#ask('deployments')
  }

  invocations() {
    return this.#ask('invocations')
  }

  check(expect, seen) {
    return this.#ask('check', expect, seen)
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
exports.difference = (expected, seen) => native.difference(toText(expected), toText(seen)) ?? undefined
