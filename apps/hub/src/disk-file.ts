import fs from 'node:fs'

/** Makes the content of a file durable. */
export function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Makes the names in a folder durable. Windows opens no folders, and needs none of this. */
export function syncFolder(folder: string): void {
  if (process.platform !== 'win32') syncFile(folder)
}

/** The bytes that this user may still write on the disk of a folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = fs.statfsSync(folder)
  return bavail * bsize
}
