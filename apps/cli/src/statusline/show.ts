import { readStatusLine, type StatusLine } from '@signalbox/usage/status-line'
import type { Clock } from '@signalbox/usage/zone'
import type { Io } from '../io.ts'
import { readInstalled } from '../settings-file/installed.ts'
import { readCacheExpiry } from './cache-expiry.ts'
import { formatStatusLine } from './line.ts'
import { runFormer } from './run-former.ts'
import { spoolInput } from './spool.ts'

export interface ShowOptions {
  /** Undefined where the settings cannot be read. */
  readonly dataDir: string | undefined
  /** The settings files that may have a former command. */
  readonly settings: readonly string[]
  /** The script has saved the input, and there is no former command. */
  readonly spooled: boolean
  readonly columns: number
  /** The clock for times; by default that of the machine. */
  readonly clock?: Clock | undefined
}

/**
 * Runs as a status line command. Errors of Signalbox print nothing: the output is shown in a session.
 * @returns the exit code
 */
export async function showStatusLine(io: Io, input: Buffer, { dataDir, settings, spooled, columns, clock }: ShowOptions): Promise<number> {
  let parsed: unknown
  try {
    parsed = JSON.parse(input.toString('utf8'))
  } catch {
    // The former command may accept it.
  }
  if (!spooled && dataDir !== undefined && typeof parsed === 'object' && parsed !== null) {
    try {
      spoolInput(io, dataDir, input)
    } catch {
      // The collector reports a full disk.
    }
  }
  const former = spooled || dataDir === undefined ? undefined : formerCommand(dataDir, settings)
  if (former !== undefined) return await runFormer(io, former, input)
  try {
    const now = io.now()
    const line = formatStatusLine(withCache(readStatusLine(parsed, now)), now, columns, clock)
    if (line !== '') io.stdout.write(`${line}\n`)
  } catch {
    // Unknown input gives no line.
  }
  return 0
}

/** Versions that do not say when the cache expires, and those whose process has had no answer yet, leave it to the transcript. */
function withCache(line: StatusLine): StatusLine {
  const { cacheExpiresAt, transcriptPath } = line
  if (cacheExpiresAt !== undefined || transcriptPath === undefined) return line
  const expiry = readCacheExpiry(transcriptPath)
  return expiry === undefined ? line : { ...line, cacheExpiresAt: expiry }
}

function formerCommand(dataDir: string, settings: readonly string[]): string | undefined {
  const former = readInstalled(dataDir).find((one) => settings.includes(one.settings))?.former
  // A Signalbox command that was set by hand would call itself endlessly.
  return former !== undefined && /\bsignalbox\b.*\bstatusline\b/s.test(former) ? undefined : former
}
