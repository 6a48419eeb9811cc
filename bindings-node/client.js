'use strict'
// What `index.js` is made of: JSON text from the add-on becomes values, and its errors become EcsRolloutError.

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

// What TaskDefinition derives from: `String` makes its JSON text.
class Definition {}

// JSON.stringify drops or nulls what it cannot hold; a value that a user gave is not dropped in silence.
function check(value, path) {
  if (value instanceof Definition) return
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

// An option that is undefined as a whole is one that was left away; so it is of each of several services.
function checkOptions(options, path) {
  for (const [name, option] of fields(options ?? {}, path || 'options')) {
    const place = path ? `${path}.${name}` : name
    if (name === 'services' && Array.isArray(option)) {
      for (const [index, one] of fields(option)) (typeof one === 'object' ? checkOptions : check)(one, `${place}.${index}`)
    } else if (option !== undefined) check(option, place)
  }
}

// Stands for a definition until the text is complete: it keeps numbers that JavaScript cannot hold.
const MARK = '\ue000ecs-rollout definition '

function toText(value) {
  const options = value ?? {}
  if (typeof options.toJSON !== 'function') checkOptions(options, '')
  const definitions = []
  const text = JSON.stringify(options, function (name, shown) {
    return this[name] instanceof Definition ? `${MARK}${definitions.push(String(this[name])) - 1}` : shown
  })
  return definitions.reduce((text, definition, index) => text.replaceAll(`"${MARK}${index}"`, () => definition), text)
}

const fileName = (path) => (path instanceof URL ? fileURLToPath(path) : String(path))
const dotenv = (path) => JSON.parse(call(() => native.dotenv(fileName(path))))

// The signal in the second argument of a verb, which takes nothing else: what is not known would be ignored in silence.
function signalOf(controls = {}) {
  if (controls === null || typeof controls !== 'object' || !isPlain(controls)) {
    refuse('controls', `${controls?.constructor?.name ?? controls} given, where { signal } is meant`)
  }
  const { signal, ...others } = controls
  for (const name of Object.keys(others)) {
    refuse(`controls.${name}`, 'unknown: the second argument takes a signal alone, options belong into the first')
  }
  const isSignal = typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function'
  if (signal !== undefined && !isSignal) refuse('controls.signal', 'no AbortSignal')
  return signal
}

// Starts verbs: `index.js` has a method for each.
class Connection {
  #native

  constructor(settings) {
    this.#native = settings instanceof native.Client ? settings : call(() => new native.Client(toText(settings)))
  }

  // A verb with events and an outcome.
  _begin(verb, options, controls) {
    const signal = signalOf(controls)
    return new Rollout(call(() => this.#native.begin(verb, toText(options))), signal)
  }

  // A verb that gives a value alone.
  async _ask(verb, options, rest) {
    if (rest.some((one) => one !== undefined)) refuse('controls', 'this verb takes no second argument')
    const begun = call(() => this.#native.begin(verb, toText(options)))
    return JSON.parse(await begun.outcome().catch((error) => { throw revive(error) }))
  }
}

// A reference alone, or with options.
const lookup = (image) => (typeof image === 'object' && image !== null ? image : { image: String(image) })

module.exports = { Connection, Definition, EcsRolloutError, Rollout, call, dotenv, fileName, lookup, toText }
