import { type FindHubOptions, type FoundHub, findHub as findHubOf } from '@signalbox/hub-address/find-hub'
import { PrivateFileError } from '@signalbox/hub-address/private-file'
import { Failure } from '../failure.ts'
import type { Io } from '../io.ts'

/**
 * The hub of this machine, with warnings on stderr.
 * @throws Failure when the credentials file cannot be used, SettingsError for invalid settings
 */
export function findHub(io: Io, options: FindHubOptions = {}): FoundHub {
  try {
    const found = findHubOf(io.env, options)
    for (const warning of found.warnings) io.stderr.write(`signalbox: warning: ${warning}\n`)
    return found
  } catch (error) {
    throw error instanceof PrivateFileError ? new Failure(error.message, error.suggestion) : error
  }
}
