// `npm run pack`: the packages for the npm registry, in dist/npm. With `-- --executable` also one file with a Node inside, with
// `-- --image` what the Dockerfile copies, in dist/image.
import fs from 'node:fs'
import path from 'node:path'
import { stageClaudePlugin } from './pack/claude-plugin.mjs'
import { stageClient } from './pack/client.mjs'
import { packExecutable } from './pack/executable.mjs'
import { stageImage } from './pack/image.mjs'
import { proveExecutable } from './pack/prove-executable.mjs'
import { stageSignalbox } from './pack/signalbox.mjs'
import { packTarball } from './pack/tarball.mjs'
import { fail } from './setup/fail.mjs'
import { repositoryRoot } from './setup/repository.mjs'
import { setup } from './setup.mjs'

const wanted = process.argv.slice(2)
const unknown = wanted.find((word) => word !== '--executable' && word !== '--image')
if (unknown !== undefined) fail(`pack: there is no option ${unknown}.`, 'Run: npm run pack, or npm run pack -- --executable --image')
const withExecutable = wanted.includes('--executable')
if (withExecutable && process.platform !== 'linux') fail('pack: an executable is made on Linux only.', 'Run: npm run pack')

await setup()
await import('./build-client.mjs')

const out = path.join(repositoryRoot, 'dist/npm')
fs.rmSync(out, { recursive: true, force: true })
fs.mkdirSync(out, { recursive: true })
for (const stage of [stageSignalbox, stageClaudePlugin, stageClient]) report(await packTarball(stage, out), 'kB', 1000)
if (withExecutable) {
  const file = await packExecutable(out)
  await proveExecutable(file)
  report(file, 'MB', 1e6)
}

if (wanted.includes('--image')) {
  await stageImage(path.join(repositoryRoot, 'dist/image'))
  console.log('dist/image: now run docker build -t signalbox .')
}

function report(file, unit, bytes) {
  console.log(`${path.relative(repositoryRoot, file)}: ${(fs.statSync(file).size / bytes).toFixed(0)} ${unit}`)
}
