import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

/**
 * Stages a package and packs it as npm does.
 * @param {(stage: string) => void | Promise<void>} stage fills an empty folder with the package's files
 * @param {string} out the folder for the tarball
 * @returns {Promise<string>} path of the tarball
 */
export async function packTarball(stage, out) {
  const folder = fs.mkdtempSync(path.join(out, 'stage-'))
  try {
    await stage(folder)
    const args = ['pack', folder, '--pack-destination', out, '--ignore-scripts', '--json', '--loglevel=error']
    const { stdout } = await promisify(execFile)('npm', args, { shell: process.platform === 'win32', maxBuffer: 16 * 1024 * 1024 })
    const listed = JSON.parse(stdout)
    const { filename } = (Array.isArray(listed) ? listed : Object.values(listed))[0]
    return path.join(out, path.basename(filename.replace('@signalbox/', 'signalbox-')))
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
