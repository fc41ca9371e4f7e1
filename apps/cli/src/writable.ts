import { accessSync, constants, mkdirSync } from 'node:fs'
import { Failure } from './failure.ts'
import { formatPath } from './format-path.ts'

/** Creates the data folder where it is missing. @throws Failure when it cannot be written */
export function makeWritable(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new Failure(
      `${formatPath(dataDir)} cannot be written (${code}).`,
      'Grant this user write access, or set DATA_DIR to a writable folder.',
    )
  }
}
