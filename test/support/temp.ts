import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** A new folder for one test, removed when the test is over. */
export function tempFolder(): string {
  const folder = makeTempFolder()
  onTestFinished(() => removeFolder(folder))
  return folder
}

/** A new folder that its maker removes: for hooks, benches and everything else outside a test. */
export function makeTempFolder(): string {
  // The real path: on macOS the temp folder is behind a link, and paths are compared.
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-')))
}

/** Removes a folder with all that is in it; a test may have taken its permissions away. */
export function removeFolder(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM'))) throw error
    giveBack(folder)
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}

function giveBack(folder: string): void {
  fs.chmodSync(folder, 0o700)
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) giveBack(path.join(folder, entry.name))
  }
}
