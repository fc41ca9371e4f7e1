import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { tempFolder } from './temp.ts'

/** Only root may make file systems. */
export const mayMount = process.platform === 'linux' && process.getuid?.() === 0

/** A file system of its own, as small as it is told; undefined where the machine lets us make none. */
export function smallDisk(bytes: number, folder: string = tempFolder()): string | undefined {
  if (!mayMount) return undefined
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

/** Makes a small disk read-only for everybody, root included, or writable again. */
export function mayWriteDisk(folder: string, may: boolean): void {
  execFileSync('mount', ['-o', `remount,${may ? 'rw' : 'ro'}`, folder], { stdio: 'ignore' })
}

export const FILLER = 'filler'

/** To the last byte, with a file that one removes to make room again. */
export function fillDisk(folder: string): void {
  const fill = fs.openSync(path.join(folder, FILLER), 'w')
  for (let size = 1024 * 1024; size >= 512; size /= 2) {
    try {
      for (;;) fs.writeSync(fill, Buffer.alloc(size))
    } catch {}
  }
  fs.closeSync(fill)
}
