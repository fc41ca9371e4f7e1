import fs from 'node:fs'
import path from 'node:path'

/** The files of a DATA_DIR that former versions made with the permissions of other files. */
const files = [
  'ledger.db',
  'ledger.db-wal',
  'ledger.db-shm',
  'collector.json',
  'hub.lock',
  'signalbox.db',
  'signalbox.db-wal',
  'signalbox.db-shm',
]

/**
 * Takes from other users what they can read of a DATA_DIR. The folder itself stays as it is: it may be one that holds more
 * than our files.
 * @returns what is wrong with the folder, with the command that corrects it
 */
export function closeDataFolder(dataDir: string): string | undefined {
  if (process.platform === 'win32') return undefined
  for (const name of files) {
    try {
      const file = path.join(dataDir, name)
      const { mode } = fs.lstatSync(file)
      if ((mode & 0o077) !== 0 && (mode & fs.constants.S_IFMT) === fs.constants.S_IFREG) fs.chmodSync(file, mode & 0o700)
    } catch {
      // There is none, or it is not ours.
    }
  }
  try {
    return (fs.statSync(dataDir).mode & 0o077) === 0
      ? undefined
      : `Other users of this machine can see into ${dataDir}. Run: chmod 700 ${dataDir}`
  } catch {
    return undefined
  }
}
