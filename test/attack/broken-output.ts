import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { fillDisk, smallDisk } from '../support/small-disk.ts'
import { tempFolder } from '../support/temp.ts'

/** An output that cannot be written, as a descriptor for the stdout of a child; undefined where it cannot be made. */
export type BrokenOutput = () => number | undefined

function keep(descriptor: number): number {
  onTestFinished(() => {
    try {
      fs.closeSync(descriptor)
    } catch {}
  })
  return descriptor
}

/** A pipe, as its two ends; the end of the reader is opened for both, so that the pipe stays. */
function pipe(): { reader: number; writer: number } {
  const file = path.join(tempFolder(), 'pipe')
  execFileSync('mkfifo', [file])
  const reader = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_NONBLOCK)
  return { reader, writer: keep(fs.openSync(file, 'w')) }
}

/** A pipe whose reader stands still until it is asked to read. */
export interface HeldPipe {
  /** For the output of a child. */
  readonly writer: number
  /** @returns what waits in the pipe */
  read(): string
  /** Ends the reader. */
  leave(): void
}

export function heldPipe(): HeldPipe {
  const { reader, writer } = pipe()
  let isOpen = true
  const leave = () => {
    if (isOpen) fs.closeSync(reader)
    isOpen = false
  }
  onTestFinished(leave)
  const buffer = Buffer.alloc(64 * 1024)
  return {
    writer,
    leave,
    read() {
      let text = ''
      try {
        for (;;) text += buffer.toString('latin1', 0, fs.readSync(reader, buffer))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      }
      return text
    },
  }
}

export const brokenOutputs: Record<string, BrokenOutput> = {
  '/dev/full': () => keep(fs.openSync('/dev/full', 'w')),
  'a full disk': () => {
    const folder = smallDisk(64 * 1024)
    if (folder === undefined) return undefined
    const file = keep(fs.openSync(path.join(folder, 'log'), 'a'))
    fillDisk(folder)
    return file
  },
  'a reader that stands still': () => {
    const { reader, writer } = pipe()
    keep(reader)
    try {
      for (;;) fs.writeSync(reader, 'x'.repeat(4096))
    } catch {}
    return writer
  },
  'a reader that is gone': () => {
    const { reader, writer } = pipe()
    fs.closeSync(reader)
    return writer
  },
}
