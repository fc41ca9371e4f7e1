import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

export const CCUSAGE = '20.0.24'

/** The native ccusage, fetched once from the npm registry into the cache folder; undefined where it cannot be had. */
export function ccusage(cache: string): string | undefined {
  const room = path.join(cache, `ccusage-${CCUSAGE}`)
  const windows = process.platform === 'win32'
  const binary = path.join(
    room,
    'node_modules/@ccusage',
    `ccusage-${process.platform}-${process.arch}`,
    'bin',
    windows ? 'ccusage.exe' : 'ccusage',
  )
  if (!fs.existsSync(binary)) {
    console.error(`bench: fetching ccusage ${CCUSAGE} …`)
    fs.mkdirSync(room, { recursive: true })
    fs.writeFileSync(path.join(room, 'package.json'), '{"private":true}')
    spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', `ccusage@${CCUSAGE}`], {
      cwd: room,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: windows,
    })
  }
  if (!fs.existsSync(binary)) return undefined
  // The package's shim makes its binary executable at the first run; we go past the shim.
  if (!windows) fs.chmodSync(binary, 0o755)
  return binary
}
