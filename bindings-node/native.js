'use strict'
// Finds the add-on built for this platform.

const { existsSync } = require('node:fs')
const { join } = require('node:path')

const libc = () => (process.report?.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl')
const suffix = { linux: libc, win32: () => 'msvc', darwin: () => '' }[process.platform]?.() ?? ''
const platform = [process.platform, process.arch, suffix].filter(Boolean).join('-')
const file = join(__dirname, `ecs-rollout.${platform}.node`)

if (!existsSync(file)) {
  throw new Error(`ecs-rollout has no build for ${platform}: expected ${file}; run "npm run build" in the package`)
}
module.exports = require(file)
