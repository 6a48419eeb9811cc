'use strict'
// Finds the add-on built for this platform.

const { existsSync } = require('node:fs')
const { join } = require('node:path')

// Asking which C library runs costs milliseconds: only where there are builds for both.
const isMusl = () => !process.report.getReport().header.glibcVersionRuntime
const suffixes = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[process.platform] ?? ['']
const platform = `${process.platform}-${process.arch}`
const files = suffixes.map((suffix) => join(__dirname, `ecs-rollout.${platform}${suffix}.node`))
const built = files.filter(existsSync)

if (built.length === 0) {
  throw new Error(`ecs-rollout has no build for ${platform}: expected ${files.join(' or ')}; run "npm run build" in the package`)
}
module.exports = require(built.length > 1 && isMusl() ? built[1] : built[0])
