import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { tempFolder } from './temp.ts'

/** Only root may make file systems. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0

/** Mounts a file system of that size; undefined where mounting is not allowed. */
export function smallDisk(bytes: number, folder: string = tempFolder()): string | undefined {
  if (!canMount) return undefined
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
  })
  return folder
}

/** Makes a small disk read-only, for root too, or writable again. */
export function setDiskWritable(folder: string, writable: boolean): void {
  execFileSync('mount', ['-o', `remount,${writable ? 'rw' : 'ro'}`, folder], { stdio: 'ignore' })
}

export const FILLER = 'filler'

/** Fills the disk to the last byte with the file `FILLER`; remove it to make space again. */
export function fillDisk(folder: string): void {
  const fill = fs.openSync(path.join(folder, FILLER), 'w')
  for (let size = 1024 * 1024; size >= 512; size /= 2) {
    try {
      for (;;) fs.writeSync(fill, Buffer.alloc(size))
    } catch {}
  }
  fs.closeSync(fill)
}
