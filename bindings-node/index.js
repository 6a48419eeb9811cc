'use strict'
// The package's face: JSON text from the add-on becomes values, and its errors become EcsRolloutError.

const { fileURLToPath } = require('node:url')
const native = require('./native.js')

class EcsRolloutError extends Error {
  constructor(message, code, detail) {
    super(message)
    this.name = 'EcsRolloutError'
    this.code = code
    this.detail = detail
  }
}

function revive(error) {
  try {
    const { message, code, detail } = JSON.parse(error.message)
    return new EcsRolloutError(message, code, detail)
  } catch {
    return error
  }
}

function call(action) {
  try {
    return action()
  } catch (error) {
    throw revive(error)
  }
}

async function settled(action) {
  try {
    return await action()
  } catch (error) {
    throw revive(error)
  }
}

// JSON.stringify drops or nulls what it cannot hold; a value that a user gave is not dropped in silence. An option that is
// undefined as a whole is one that was left away.
function check(value, path) {
  const kind = typeof value
  const isLost = kind === 'function' || kind === 'symbol' || kind === 'undefined' || (kind === 'number' && !Number.isFinite(value))
  if (isLost) {
    const text = `${path}: ${kind === 'number' ? String(value) : kind} given, which is no JSON value`
    throw new EcsRolloutError(`invalid input: ${text}`, 'invalid', { path, text, findings: [] })
  }
  if (kind === 'object' && value !== null && typeof value.toJSON !== 'function') {
    for (const [name, inner] of Object.entries(value)) check(inner, `${path}.${name}`)
  }
}

function toText(value) {
  for (const [name, option] of Object.entries(value ?? {})) if (option !== undefined) check(option, name)
  return JSON.stringify(value ?? {})
}

const fileName = (path) => (path instanceof URL ? fileURLToPath(path) : String(path))

// A definition goes as its own text: numbers that JavaScript cannot hold would not survive as values.
function deploymentText({ definition, ...options }) {
  if (!(definition instanceof TaskDefinition)) return toText({ ...options, definition })
  const text = toText(options)
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"definition":${definition.toJson()}}`
}

class TaskDefinition {
  #native

  constructor(document) {
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

  toDict() {
    return JSON.parse(this.#native.toJson())
  }

  toJson() {
    return this.#native.toJson()
  }

  toJSON() {
    return this.toDict()
  }

  toString() {
    return this.#native.toJson()
  }

  validate() {
    return JSON.parse(this.#native.validate())
  }

  diff(other) {
    return JSON.parse(call(() => this.#native.diff(other.#native)))
  }

  diffText(other, color) {
    return this.#native.diffText(other.#native, color)
  }
}

class Rollout {
  #native
  #release

  constructor(inner, signal) {
    this.#native = inner
    this.#release = () => {}
    if (signal) {
      const abort = () => inner.cancel()
      if (signal.aborted) abort()
      else {
        signal.addEventListener('abort', abort, { once: true })
        this.#release = () => signal.removeEventListener('abort', abort)
      }
    }
  }

  async outcome() {
    try {
      return JSON.parse(await this.#native.outcome())
    } catch (error) {
      throw revive(error)
    } finally {
      this.#release()
    }
  }

  cancel() {
    this.#native.cancel()
  }

  [Symbol.asyncIterator]() {
    return {
      next: async () => {
        const event = await this.#native.next()
        if (event === null) this.#release()
        return event === null ? { done: true, value: undefined } : { done: false, value: JSON.parse(event) }
      },
      // Leaving the loop stops the watching: a pending wait would keep the process alive.
      return: async () => {
        this.#native.cancel()
        this.#release()
        return { done: true, value: undefined }
      },
    }
  }
}

class Client {
  #native

  constructor(settings) {
    this.#native = settings instanceof native.Client ? settings : call(() => new native.Client(toText(settings)))
  }

  deploy(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.deploy(deploymentText(options ?? {}))), signal)
  }

  build(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.build(toText(options))), signal)
  }

  push(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.push(toText(options))), signal)
  }

  service(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.service(deploymentText(options ?? {}))), signal)
  }

  async scale(options) {
    const text = toText(options)
    return JSON.parse(await settled(() => this.#native.scale(text)))
  }

  watch(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.watch(toText(options))), signal)
  }

  rollback(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.rollback(toText(options))), signal)
  }

  resume(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.resume(toText(options))), signal)
  }

  run(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.run(deploymentText(options ?? {}))), signal)
  }

  deployAll({ services = [], ...options } = {}, { signal } = {}) {
    const all = `[${services.map(deploymentText).join(',')}]`
    const text = toText(options)
    const whole = `${text.slice(0, -1)}${text === '{}' ? '' : ','}"services":${all}}`
    return new Rollout(call(() => this.#native.deployAll(whole)), signal)
  }

  async plan(options) {
    const text = deploymentText(options ?? {})
    return JSON.parse(await settled(() => this.#native.plan(text)))
  }

  async schedule(options) {
    const text = toText(options)
    return JSON.parse(await settled(() => this.#native.schedule(text)))
  }

  async register(options) {
    const text = deploymentText(options ?? {})
    return JSON.parse(await settled(() => this.#native.register(text)))
  }

  async login(options) {
    const text = toText(options)
    return JSON.parse(await settled(() => this.#native.login(text))).map((one) => new Credential(one))
  }

  async resolve(image) {
    return JSON.parse(await settled(() => this.#native.resolve(String(image))))
  }

  async whoami() {
    return JSON.parse(await settled(() => this.#native.whoami()))
  }

  exists(image) {
    return settled(() => this.#native.exists(String(image)))
  }
}

// What a registry lets one in with. Its secrets are no members: printing it shows none.
class Credential {
  #password
  #masks

  constructor({ public: shown, password, masks }) {
    Object.assign(this, shown)
    this.#password = password
    this.#masks = masks
  }

  password() {
    return this.#password
  }

  masks() {
    return [...this.#masks]
  }
}

let shared

const standard = () => (shared ??= new Client())
const build = (options, controls) => standard().build(options, controls)
const deploy = (options, controls) => standard().deploy(options, controls)
const dotenv = (path) => JSON.parse(call(() => native.dotenv(fileName(path))))
const deployAll = (options, controls) => standard().deployAll(options, controls)
const exists = (image) => standard().exists(image)
const login = (options) => standard().login(options)
const plan = (options) => standard().plan(options)
const push = (options, controls) => standard().push(options, controls)
const register = (options) => standard().register(options)
const resolve = (image) => standard().resolve(image)
const resume = (options, controls) => standard().resume(options, controls)
const rollback = (options, controls) => standard().rollback(options, controls)
const schedule = (options) => standard().schedule(options)
const scale = (options) => standard().scale(options)
const service = (options, controls) => standard().service(options, controls)
const run = (options, controls) => standard().run(options, controls)
const watch = (options, controls) => standard().watch(options, controls)
const whoami = () => standard().whoami()

exports.Client = Client
exports.Credential = Credential
exports.EcsRolloutError = EcsRolloutError
exports.Rollout = Rollout
exports.TaskDefinition = TaskDefinition
exports.build = build
exports.deploy = deploy
exports.deployAll = deployAll
exports.dotenv = dotenv
exports.exists = exists
exports.login = login
exports.plan = plan
exports.push = push
exports.register = register
exports.resolve = resolve
exports.resume = resume
exports.rollback = rollback
exports.schedule = schedule
exports.scale = scale
exports.service = service
exports.run = run
exports.watch = watch
exports.whoami = whoami
