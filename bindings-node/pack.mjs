// Makes what is published on npm of built add-ons: a package for each platform, and the main one that names them.
//
//   node bindings-node/pack.mjs FOLDER ADDON.node…     writes FOLDER/ecs-rollout and FOLDER/<platform>
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const [folder, ...addons] = process.argv.slice(2)
if (addons.length === 0) throw new Error('usage: node pack.mjs FOLDER ADDON.node…')
const main = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const { version, license, repository, homepage, bugs, engines } = main
const papers = ['LICENSE-APACHE', 'LICENSE-MIT', 'THIRD-PARTY.md'].map((name) => join(here, '..', name))

function write(name, document) {
  const target = join(folder, name)
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(document, undefined, 2)}\n`)
  for (const paper of papers) copyFileSync(paper, join(target, basename(paper)))
  return target
}

const optionalDependencies = {}
for (const addon of addons) {
  const match = /^ecs-rollout\.((\w+)-(\w+)(?:-(gnu|musl|msvc))?)\.node$/.exec(basename(addon))
  if (!match) throw new Error(`${addon}: not named ecs-rollout.<platform>.node`)
  const [, platform, os, cpu, abi] = match
  const libc = { gnu: ['glibc'], musl: ['musl'] }[os === 'linux' ? abi : '']
  const name = `@ecs-rollout/${platform}`
  const target = write(platform, {
    name,
    version,
    description: `The add-on of ecs-rollout for ${platform}.`,
    license,
    repository,
    homepage,
    bugs,
    engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc }),
    main: 'ecs-rollout.node',
    files: ['ecs-rollout.node', 'LICENSE-APACHE', 'LICENSE-MIT', 'THIRD-PARTY.md'],
  })
  copyFileSync(addon, join(target, 'ecs-rollout.node'))
  writeFileSync(join(target, 'README.md'), `# ${name}\n\nThe add-on of [ecs-rollout](${homepage}) for ${platform}. Install \`ecs-rollout\`, which brings it along.\n`)
  optionalDependencies[name] = version
}

const { scripts: _scripts, devDependencies: _tools, napi: _napi, ...published } = main
const files = published.files.filter((name) => !name.endsWith('.node'))
const target = write('ecs-rollout', { ...published, files: [...files, 'LICENSE-APACHE', 'LICENSE-MIT', 'THIRD-PARTY.md'], optionalDependencies })
for (const name of [...files, 'README.md']) cpSync(join(here, name), join(target, name))
