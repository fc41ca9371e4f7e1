import { readStatusLine } from '@signalbox/usage/status-line'
import { readInstalled } from './installed.ts'
import { ownLine } from './line.ts'
import { runFormer } from './run-former.ts'
import { spool } from './spool.ts'

export interface ShowOptions {
  /** Undefined where the settings cannot be read. */
  readonly dataDir: string | undefined
  /** The settings file whose former command is to be run. */
  readonly settings: readonly string[]
  /** The script has kept it already, and there is no former command. */
  readonly spooled: boolean
  readonly now: number
  readonly columns: number
}

/**
 * What runs as a status line command. Whatever goes wrong on our side is silent: somebody's session is on the screen.
 * @returns the exit code
 */
export async function showStatusLine(input: Buffer, { dataDir, settings, spooled, now, columns }: ShowOptions): Promise<number> {
  let said: unknown
  try {
    said = JSON.parse(input.toString('utf8'))
  } catch {
    // The former command may still know what to do with it.
  }
  if (!spooled && dataDir !== undefined && typeof said === 'object' && said !== null) {
    try {
      spool(dataDir, input)
    } catch {
      // A full disk is told elsewhere.
    }
  }
  const former = spooled || dataDir === undefined ? undefined : formerCommand(dataDir, settings)
  if (former !== undefined) return await runFormer(former, input)
  try {
    const line = ownLine(readStatusLine(said, now), now, columns)
    if (line !== '') process.stdout.write(`${line}\n`)
  } catch {
    // Nothing was told that we know.
  }
  return 0
}

function formerCommand(dataDir: string, settings: readonly string[]): string | undefined {
  const former = readInstalled(dataDir).find((one) => settings.includes(one.settings))?.former
  // Somebody had put this very command there by hand: it would call itself for ever.
  return former !== undefined && /\bsignalbox\b.*\bstatusline\b/s.test(former) ? undefined : former
}
