#!/usr/bin/env node
'use strict'
// The program `ecs-rollout`: the command line of the library.

const native = require('./native.js')

// Signals are the program's own. Node's own handlers would raise each of them again, and again, and those of a listener do not.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
process.exitCode = native.commandLine(['ecs-rollout', ...process.argv.slice(2)])
