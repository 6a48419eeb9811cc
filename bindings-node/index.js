'use strict'
// The package's face: JSON text from the add-on becomes values, and its errors become EcsRolloutError.

const { fileURLToPath } = require('node:url')
const native = require('./native.js')
const { EcsRolloutError, Rollout, refuse, revive } = require('./rollout.js')

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

// A reference alone, or with options.
const lookupText = (image) => toText(typeof image === 'object' && image !== null ? image : { image: String(image) })

function fleetText(all) {
  const { services = [], ...options } = Object.fromEntries(fields(all ?? {}, 'options'))
  if (!Array.isArray(services)) refuse('services', 'a list is meant')
  const list = services.map((deployment, index) => deploymentText(deployment, `services.${index}`))
  const text = toText(options)
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"services":[${list.join(',')}]}`
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

// The signal in the second argument of a verb, which takes nothing else: what is not known would be ignored in silence.
function signalOf(controls) {
  if (controls === undefined) return undefined
  if (controls === null || typeof controls !== 'object' || !isPlain(controls)) {
    refuse('controls', `${controls?.constructor?.name ?? controls} given, where { signal } is meant`)
  }
  for (const name of Object.keys(controls)) {
    if (name !== 'signal') refuse(`controls.${name}`, 'unknown: the second argument takes a signal alone, options belong into the first')
  }
  const { signal } = controls
  const isSignal = typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function'
  if (signal !== undefined && !isSignal) refuse('controls.signal', 'no AbortSignal')
  return signal
}

function alone(rest) {
  if (rest.some((one) => one !== undefined)) refuse('controls', 'this verb takes no second argument')
}

class Client {
  #native

  constructor(settings) {
    this.#native = settings instanceof native.Client ? settings : call(() => new native.Client(toText(settings)))
  }

  #start(verb, controls, text) {
    const signal = signalOf(controls)
    return new Rollout(call(() => this.#native[verb](text())), signal)
  }

  async #ask(verb, text, rest) {
    alone(rest)
    return JSON.parse(await settled(() => this.#native[verb](text())))
  }

  deploy(options, controls) {
    return this.#start('deploy', controls, () => deploymentText(options))
  }

  build(options, controls) {
    return this.#start('build', controls, () => toText(options))
  }

  push(options, controls) {
    return this.#start('push', controls, () => toText(options))
  }

  service(options, controls) {
    return this.#start('service', controls, () => deploymentText(options))
  }

  scale(options, ...rest) {
    return this.#ask('scale', () => toText(options), rest)
  }

  watch(options, controls) {
    return this.#start('watch', controls, () => toText(options))
  }

  rollback(options, controls) {
    return this.#start('rollback', controls, () => toText(options))
  }

  resume(options, controls) {
    return this.#start('resume', controls, () => toText(options))
  }

  run(options, controls) {
    return this.#start('run', controls, () => deploymentText(options))
  }

  deployAll(all, controls) {
    return this.#start('deployAll', controls, () => fleetText(all))
  }

  plan(options, ...rest) {
    return this.#ask('plan', () => deploymentText(options), rest)
  }

  schedule(options, ...rest) {
    return this.#ask('schedule', () => toText(options), rest)
  }

  register(options, ...rest) {
    return this.#ask('register', () => deploymentText(options), rest)
  }

  async login(options, ...rest) {
    return (await this.#ask('login', () => toText(options), rest)).map((one) => new Credential(one))
  }

  resolve(image, ...rest) {
    return this.#ask('resolve', () => lookupText(image), rest)
  }

  async whoami() {
    return JSON.parse(await settled(() => this.#native.whoami()))
  }

  exists(image, ...rest) {
    return this.#ask('exists', () => lookupText(image), rest)
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

// A function of the package has a client of its own for each call, with the environment as it is then.
const ofTheMoment = (verb) => ({ [verb]: (...given) => new Client()[verb](...given) })[verb]
const dotenv = (path) => JSON.parse(call(() => native.dotenv(fileName(path))))

exports.Client = Client
exports.Credential = Credential
exports.EcsRolloutError = EcsRolloutError
exports.Rollout = Rollout
exports.TaskDefinition = TaskDefinition
exports.dotenv = dotenv
exports.build = ofTheMoment('build')
exports.deploy = ofTheMoment('deploy')
exports.deployAll = ofTheMoment('deployAll')
exports.exists = ofTheMoment('exists')
exports.login = ofTheMoment('login')
exports.plan = ofTheMoment('plan')
exports.push = ofTheMoment('push')
exports.register = ofTheMoment('register')
exports.resolve = ofTheMoment('resolve')
exports.resume = ofTheMoment('resume')
exports.rollback = ofTheMoment('rollback')
exports.run = ofTheMoment('run')
exports.scale = ofTheMoment('scale')
exports.schedule = ofTheMoment('schedule')
exports.service = ofTheMoment('service')
exports.watch = ofTheMoment('watch')
exports.whoami = ofTheMoment('whoami')
