#!/usr/bin/env node
'use strict'
// The program `ecs-rollout`: the command line of the library.

const native = require('./native.js')

process.exitCode = native.commandLine(['ecs-rollout', ...process.argv.slice(2)])
