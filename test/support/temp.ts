import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** Creates a folder for one test, removed when the test ends. */
export function tempFolder(): string {
  const folder = makeTempFolder()
  onTestFinished(() => removeFolder(folder))
  return folder
}

/** Creates a folder that the caller removes: for hooks, benches and other code outside a test. */
export function makeTempFolder(): string {
  // On macOS the temp folder is behind a symbolic link, and tests compare paths.
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-')))
}

/** Removes a folder and its contents, including folders whose permissions a test removed. */
export function removeFolder(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM'))) throw error
    restorePermissions(folder)
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}

function restorePermissions(folder: string): void {
  fs.chmodSync(folder, 0o700)
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) restorePermissions(path.join(folder, entry.name))
  }
}
