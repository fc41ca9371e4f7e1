// Stages what the container image has beside Node: the Dockerfile only copies it.
import fs from 'node:fs'
import path from 'node:path'
import { installedFiles } from './installed-files.mjs'
import { stageSignalbox } from './signalbox.mjs'

/** Where the image has Signalbox. */
const HOME = '/opt/signalbox'
/** The image is for both; `docker buildx build --platform` takes the Node of each. */
const systems = ['linux-x64', 'linux-arm64']

/** There is no shell in the image, and no `env`. The hub runs as the first process, because no other has to wait for it. */
const launcher = `#!/usr/local/bin/node
const isHub = process.argv.length === 3 && process.argv[2] === 'hub'
require(isHub ? '${HOME}/dist/bundle/hub.cjs' : '${HOME}/apps/cli/bin/signalbox.cjs')
`

/** @param {string} folder is replaced */
export async function stageImage(folder) {
  fs.rmSync(folder, { recursive: true, force: true })
  fs.mkdirSync(path.dirname(folder), { recursive: true })
  const work = fs.mkdtempSync(`${folder}-`)
  try {
    const stage = path.join(work, 'stage')
    fs.mkdirSync(stage)
    // An image is compressed as a whole, and its hub starts sooner.
    await stageSignalbox(stage, { compress: false })
    const image = path.join(work, 'image')
    for (const [name, file] of installedFiles(stage, systems)) {
      const place = path.join(image, 'signalbox', name)
      fs.mkdirSync(path.dirname(place), { recursive: true })
      fs.copyFileSync(file, place)
    }
    fs.mkdirSync(path.join(image, 'bin'))
    fs.writeFileSync(path.join(image, 'bin/signalbox'), launcher)
    // A folder that is copied itself would lose its permissions.
    fs.mkdirSync(path.join(image, 'volume/data'), { recursive: true })
    for (const entry of fs.readdirSync(image, { recursive: true, withFileTypes: true })) {
      const isProgram = entry.isDirectory() || entry.parentPath === path.join(image, 'bin')
      fs.chmodSync(path.join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644)
    }
    fs.chmodSync(path.join(image, 'volume/data'), 0o700)
    fs.renameSync(image, folder)
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}
