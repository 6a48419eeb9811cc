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

function refuse(path, what) {
  const text = `${path}: ${what}`
  throw new EcsRolloutError(`invalid input: ${text}`, 'invalid', { path, text, findings: [] })
}

// An object literal, or one without a prototype; of another realm too, such as vm's, whose Object.prototype is another.
function isPlain(value) {
  const parent = Object.getPrototypeOf(value)
  return parent === null || (Object.getPrototypeOf(parent) === null && Object.hasOwn(parent, 'isPrototypeOf'))
}

// What a list or a plain object holds. JSON.stringify makes {} of all others, such as a Map or a Promise.
function fields(value, path) {
  if (typeof value.then === 'function') refuse(path, 'a promise given: await it')
  // From, because a list's entries leave its holes out.
  if (Array.isArray(value)) return Object.entries(Array.from(value))
  if (!isPlain(value)) refuse(path, `${value.constructor?.name ?? typeof value} given, where a plain object or list is meant`)
  return Object.entries(value)
}

// JSON.stringify drops or nulls what it cannot hold; a value that a user gave is not dropped in silence.
function check(value, path) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return
  if (typeof value?.toJSON === 'function') {
    const shown = value.toJSON()
    // As of an invalid Date: null would mean to remove.
    if (shown === null) refuse(path, `${value.constructor?.name ?? typeof value} given, which has no JSON value`)
    check(shown, path)
  } else if (typeof value === 'object') {
    for (const [name, inner] of fields(value, path)) check(inner, `${path}.${name}`)
  } else refuse(path, `${typeof value === 'number' ? value : typeof value} given, which is no JSON value`)
}

// An option that is undefined as a whole is one that was left away.
function toText(value) {
  const options = value ?? {}
  if (typeof options.toJSON !== 'function') {
    for (const [name, option] of fields(options, 'options')) if (option !== undefined) check(option, name)
  }
  return JSON.stringify(options)
}

const fileName = (path) => (path instanceof URL ? fileURLToPath(path) : String(path))

// A definition goes as its own text: numbers that JavaScript cannot hold would not survive as values.
function deploymentText(deployment, path = 'options') {
  const { definition, ...options } = Object.fromEntries(fields(deployment ?? {}, path))
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
    const events = this.#native.events()
    return {
      next: async () => {
        const event = await events.next()
        if (event === null) this.#release()
        return event === null ? { done: true, value: undefined } : { done: false, value: JSON.parse(event) }
      },
      // A pending wait would keep the process alive. The outcome can still be asked for.
      return: async () => {
        events.leave()
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
    return new Rollout(call(() => this.#native.deploy(deploymentText(options))), signal)
  }

  build(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.build(toText(options))), signal)
  }

  push(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.push(toText(options))), signal)
  }

  service(options, { signal } = {}) {
    return new Rollout(call(() => this.#native.service(deploymentText(options))), signal)
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
    return new Rollout(call(() => this.#native.run(deploymentText(options))), signal)
  }

  deployAll(all, { signal } = {}) {
    const { services = [], ...options } = Object.fromEntries(fields(all ?? {}, 'options'))
    if (!Array.isArray(services)) refuse('services', 'a list is meant')
    const list = services.map((deployment, index) => deploymentText(deployment, `services.${index}`))
    const text = toText(options)
    const whole = `${text.slice(0, -1)}${text === '{}' ? '' : ','}"services":[${list.join(',')}]}`
    return new Rollout(call(() => this.#native.deployAll(whole)), signal)
  }

  async plan(options) {
    const text = deploymentText(options)
    return JSON.parse(await settled(() => this.#native.plan(text)))
  }

  async schedule(options) {
    const text = toText(options)
    return JSON.parse(await settled(() => this.#native.schedule(text)))
  }

  async register(options) {
    const text = deploymentText(options)
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
