// Printed by tests/contract.rs. Do not edit.
'use strict'

const native = require('./native.js')
const { Connection, Definition, call, fileName, lookup, toText, ...others } = require('./client.js')

class TaskDefinition extends Definition {
  #native

  constructor(document) {
    super()
    if (document instanceof native.TaskDefinition) this.#native = document
    else if (typeof document === 'string') this.#native = call(() => native.TaskDefinition.parse(document))
    else this.#native = call(() => native.TaskDefinition.of(toText(document)))
  }

  static load(path) {
    return new TaskDefinition(call(() => native.TaskDefinition.load(fileName(path))))
  }

  render(changes) {
    return new TaskDefinition(call(() => this.#native.render(toText(changes))))
  }

  toObject() {
    return JSON.parse(call(() => this.#native.toJson()))
  }

  toJSON() {
    return JSON.parse(call(() => this.#native.toJson()))
  }

  toString() {
    return call(() => this.#native.toJson())
  }

  validate() {
    return JSON.parse(call(() => this.#native.validate()))
  }

  diff(other) {
    return JSON.parse(call(() => this.#native.diff(other.#native)))
  }

  diffText(other, color) {
    return call(() => this.#native.diffText(other.#native, color))
  }
}

class Credential {
  #password
  #masks

  constructor({ password, masks, ...shown }) {
    Object.assign(this, shown)
    this.#password = password
    this.#masks = masks
  }

  password() {
    return structuredClone(this.#password)
  }

  masks() {
    return structuredClone(this.#masks)
  }
}

class Client extends Connection {
  deploy(options, controls) {
    return this._begin('deploy', options, controls)
  }

  plan(options, ...rest) {
    return this._ask('plan', options, rest)
  }

  check(options, ...rest) {
    return this._ask('check', options, rest)
  }

  watch(options, controls) {
    return this._begin('watch', options, controls)
  }

  rollback(options, controls) {
    return this._begin('rollback', options, controls)
  }

  resume(options, controls) {
    return this._begin('resume', options, controls)
  }

  deployAll(options, controls) {
    return this._begin('deploy_all', options, controls)
  }

  planAll(options, ...rest) {
    return this._ask('plan_all', options, rest)
  }

  service(options, controls) {
    return this._begin('service', options, controls)
  }

  scale(options, ...rest) {
    return this._ask('scale', options, rest)
  }

  status(options, ...rest) {
    return this._ask('status', options, rest)
  }

  explain(options, ...rest) {
    return this._ask('explain', options, rest)
  }

  logs(options, controls) {
    return this._begin('logs', options, controls)
  }

  export(options, ...rest) {
    return this._ask('export', options, rest)
  }

  revisions(options, ...rest) {
    return this._ask('revisions', options, rest)
  }

  prune(options, ...rest) {
    return this._ask('prune', options, rest)
  }

  remove(options, controls) {
    return this._begin('remove', options, controls)
  }

  run(options, controls) {
    return this._begin('run', options, controls)
  }

  register(options, ...rest) {
    return this._ask('register', options, rest)
  }

  schedule(options, ...rest) {
    return this._ask('schedule', options, rest)
  }

  login(options, ...rest) {
    return this._ask('login', options, rest).then((all) => all.map((one) => new Credential(one)))
  }

  resolve(image, ...rest) {
    return this._ask('resolve', lookup(image), rest)
  }

  exists(image, ...rest) {
    return this._ask('exists', lookup(image), rest)
  }

  push(options, controls) {
    return this._begin('push', options, controls)
  }

  build(options, controls) {
    return this._begin('build', options, controls)
  }

  whoami(...rest) {
    return this._ask('whoami', {}, rest)
  }

  policy(options, ...rest) {
    return this._ask('policy', options, rest)
  }
}

// A function of the package has a client of its own for each call, with the environment as it is then.
const ofTheMoment = (verb) => ({ [verb]: (...given) => new Client()[verb](...given) })[verb]

exports.Client = Client
exports.Credential = Credential
exports.TaskDefinition = TaskDefinition
exports.EcsRolloutError = others.EcsRolloutError
exports.Rollout = others.Rollout
exports.dotenv = others.dotenv
exports.deploy = ofTheMoment('deploy')
exports.plan = ofTheMoment('plan')
exports.check = ofTheMoment('check')
exports.watch = ofTheMoment('watch')
exports.rollback = ofTheMoment('rollback')
exports.resume = ofTheMoment('resume')
exports.deployAll = ofTheMoment('deployAll')
exports.planAll = ofTheMoment('planAll')
exports.service = ofTheMoment('service')
exports.scale = ofTheMoment('scale')
exports.status = ofTheMoment('status')
exports.explain = ofTheMoment('explain')
exports.logs = ofTheMoment('logs')
exports.export = ofTheMoment('export')
exports.revisions = ofTheMoment('revisions')
exports.prune = ofTheMoment('prune')
exports.remove = ofTheMoment('remove')
exports.run = ofTheMoment('run')
exports.register = ofTheMoment('register')
exports.schedule = ofTheMoment('schedule')
exports.login = ofTheMoment('login')
exports.resolve = ofTheMoment('resolve')
exports.exists = ofTheMoment('exists')
exports.push = ofTheMoment('push')
exports.build = ofTheMoment('build')
exports.whoami = ofTheMoment('whoami')
exports.policy = ofTheMoment('policy')
