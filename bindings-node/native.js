'use strict'
// Finds the add-on built for this platform: beside this file in a checkout, otherwise in the package @ecs-rollout/<platform>.

const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { version } = require('./package.json')

// Asking which C library runs costs milliseconds: only where there are builds for both.
const isMusl = () => !process.report.getReport().header.glibcVersionRuntime
const suffixes = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[process.platform] ?? ['']
const platform = `${process.platform}-${process.arch}`
const built = suffixes.map((suffix) => join(__dirname, `ecs-rollout.${platform}${suffix}.node`)).filter(existsSync)

function installed() {
  const suffix = suffixes.length > 1 ? suffixes[isMusl() ? 1 : 0] : suffixes[0]
  const name = `@ecs-rollout/${platform}${suffix}`
  let other
  try {
    other = require(`${name}/package.json`).version
  } catch (cause) {
    const remedy = `install it beside ecs-rollout: npm install ${name}@${version}. An install with --omit=optional, a lock file or node_modules from another platform leave it out. If there is no such package, build from a checkout: npm run build:release -w ecs-rollout`
    throw new Error(`ecs-rollout ${version} has no add-on for ${platform}${suffix}: the package ${name} is not installed; ${remedy}`, { cause })
  }
  if (other !== version) {
    throw new Error(`ecs-rollout is ${version}, but its add-on ${name} is ${other}: install the same version of both: npm install ecs-rollout@${version} ${name}@${version}`)
  }
  return require(name)
}

module.exports = built.length > 0 ? require(built.length > 1 && isMusl() ? built[1] : built[0]) : installed()
