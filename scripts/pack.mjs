// `npm run pack`: the packages for the npm registry, in dist/npm.
import fs from 'node:fs'
import path from 'node:path'
import { stageClient } from './pack/client.mjs'
import { stageSignalbox } from './pack/signalbox.mjs'
import { fail } from './setup/fail.mjs'
import { repositoryRoot } from './setup/repository.mjs'
import { npm } from './setup/run.mjs'
import { setup } from './setup.mjs'

await setup()
await import('./build-client.mjs')

const out = path.join(repositoryRoot, 'dist/npm')
fs.rmSync(out, { recursive: true, force: true })
for (const [name, stage] of [
  ['signalbox', stageSignalbox],
  ['signalbox-client', stageClient],
]) {
  const folder = path.join(out, name)
  fs.mkdirSync(folder, { recursive: true })
  await stage(folder)
  if (npm(['pack', folder, '--pack-destination', out, '--loglevel=error'], { quiet: 'stdout' }) !== 0) {
    fail(`npm could not pack ${folder} (see above).`, 'Run the same command again.')
  }
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const file = `${name}-${version}.tgz`
  console.log(`dist/npm/${file}: ${(fs.statSync(path.join(out, file)).size / 1000).toFixed(0)} kB`)
}
