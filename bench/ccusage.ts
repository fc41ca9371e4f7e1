import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

export const CCUSAGE = '20.0.24'

/** Installs the native ccusage once into the cache folder; undefined where it is not available. */
export function ccusage(cache: string): string | undefined {
  const folder = path.join(cache, `ccusage-${CCUSAGE}`)
  const windows = process.platform === 'win32'
  const binary = path.join(
    folder,
    'node_modules/@ccusage',
    `ccusage-${process.platform}-${process.arch}`,
    'bin',
    windows ? 'ccusage.exe' : 'ccusage',
  )
  if (!fs.existsSync(binary)) {
    console.error(`bench: fetching ccusage ${CCUSAGE} …`)
    fs.mkdirSync(folder, { recursive: true })
    fs.writeFileSync(path.join(folder, 'package.json'), '{"private":true}')
    spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', `ccusage@${CCUSAGE}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: windows,
    })
  }
  if (!fs.existsSync(binary)) return undefined
  // The package's shim sets the executable bit at its first run; the bench starts the binary itself.
  if (!windows) fs.chmodSync(binary, 0o755)
  return binary
}
