// `npm run pack -- --executable`: Signalbox as one file for this Linux, with a Node inside.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { setupNodeVersion } from '../setup/node-version.mjs'
import { repositoryRoot } from '../setup/repository.mjs'
import { filesBelow, installedFiles } from './installed-files.mjs'
import { stageSignalbox } from './signalbox.mjs'

/** It can write executables by itself; before 25.5 that took another program. */
const NODE = '26.12.1'
/**
 * @param {string} out the folder for the executable
 * @returns {Promise<string>} its path
 */
export async function packExecutable(out) {
  const work = fs.mkdtempSync(path.join(out, 'executable-'))
  try {
    const stage = path.join(work, 'stage')
    fs.mkdirSync(stage)
    await stageSignalbox(stage)
    const files = installedFiles(stage, [`${process.platform}-${process.arch}`])
    for (const part of ['.claude-plugin', '.mcp.json', 'bin', 'commands', 'dist', 'hooks']) {
      const place = path.join(repositoryRoot, 'apps/claude-plugin', part)
      files.push(...filesBelow(place, repositoryRoot, ''))
    }
    files.push(['.claude-plugin/marketplace.json', path.join(repositoryRoot, '.claude-plugin/marketplace.json')])
    const archive = archiveOf(files)
    fs.writeFileSync(path.join(work, 'files'), archive)
    fs.writeFileSync(path.join(work, 'digest'), createHash('sha256').update(archive).digest('hex').slice(0, 16))
    const { version } = JSON.parse(fs.readFileSync(path.join(stage, 'package.json'), 'utf8'))
    const output = path.join(out, `signalbox-${version}-${process.platform}-${process.arch}`)
    const config = {
      main: path.join(import.meta.dirname, 'executable-main.cjs'),
      output,
      disableExperimentalSEAWarning: true,
      // Its words are those of our programs.
      execArgvExtension: 'none',
      assets: { files: path.join(work, 'files'), digest: path.join(work, 'digest') },
    }
    fs.writeFileSync(path.join(work, 'sea.json'), JSON.stringify(config))
    execFileSync(await setupNodeVersion(NODE), ['--build-sea', path.join(work, 'sea.json')], { stdio: ['ignore', 'ignore', 'inherit'] })
    fs.chmodSync(output, 0o755)
    return output
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

/** The length of the index, the index, and the files one after the other, compressed as one. */
function archiveOf(files) {
  const contents = files.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, file]) => [name, fs.readFileSync(file)])
  const index = Buffer.from(JSON.stringify(contents.map(([name, content]) => [name, content.length])))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(index.length)
  const whole = Buffer.concat([length, index, ...contents.map(([, content]) => content)])
  return zlib.brotliCompressSync(whole, {
    params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: 9,
      [zlib.constants.BROTLI_PARAM_LGWIN]: 24,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: whole.length,
    },
  })
}
