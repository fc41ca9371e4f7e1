// `npm run pack`: the packages for the npm registry, in dist/npm.
import fs from 'node:fs'
import path from 'node:path'
import { stageClaudePlugin } from './pack/claude-plugin.mjs'
import { stageClient } from './pack/client.mjs'
import { stageSignalbox } from './pack/signalbox.mjs'
import { packTarball } from './pack/tarball.mjs'
import { repositoryRoot } from './setup/repository.mjs'
import { setup } from './setup.mjs'

await setup()
await import('./build-client.mjs')

const out = path.join(repositoryRoot, 'dist/npm')
fs.rmSync(out, { recursive: true, force: true })
fs.mkdirSync(out, { recursive: true })
for (const stage of [stageSignalbox, stageClaudePlugin, stageClient]) {
  const file = await packTarball(stage, out)
  console.log(`${path.relative(repositoryRoot, file)}: ${(fs.statSync(file).size / 1000).toFixed(0)} kB`)
}
