import { accessSync, constants, mkdirSync } from 'node:fs'
import { Failure } from './failure.ts'
import { shown } from './shown.ts'

/** Makes the data folder where it is not there yet. @throws Failure when nothing could be written into it */
export function makeWritable(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new Failure(
      `${shown(dataDir)} cannot be written (${code}).`,
      'Give this user the right to write there, or set DATA_DIR to a folder that can be written.',
    )
  }
}
