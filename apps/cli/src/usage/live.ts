import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger, ReportOptions } from '@signalbox/ledger'
import { zoneClock } from '@signalbox/usage/zone'
import type { Io } from '../io.ts'
import { readSessionWindow } from '../limits/read-local-limits.ts'
import { drawableOutput } from '../printable-output.ts'
import { createTerminal } from '../terminal.ts'
import { listenForStop } from '../up/listen-for-stop.ts'
import { activeBlockText } from './active-block.ts'
import type { UsageOptions } from './option.ts'

const DEFAULT_INTERVAL_S = 2
/** The share of the time that reports may take: of a long history each report takes a while. */
const MAX_DUTY = 0.1

const ENTER_SCREEN = '\u001b[?1049h\u001b[?25l'
const LEAVE_SCREEN = '\u001b[?25h\u001b[?1049l'
const FROM_TOP = '\u001b[H'
const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/**
 * Shows the active block, on a terminal again and again until a signal; elsewhere once. What was shown last stays on the terminal.
 * @throws LedgerError
 */
export async function followBlock(
  io: Io,
  ledger: Ledger,
  roots: readonly string[],
  question: ReportOptions,
  { refreshInterval = DEFAULT_INTERVAL_S }: Pick<UsageOptions, 'refreshInterval'>,
): Promise<void> {
  const read = (): string => {
    const now = io.now()
    const report = ledger.report({ ...question, now, window: readSessionWindow(ledger, now) })
    return activeBlockText(report, createTerminal(io), {
      clock: zoneClock(report.timezone),
      home: os.homedir(),
      now,
      withEstimates: question.withEstimates === true,
    })
  }
  if (!io.stdout.isTTY || io.env.TERM === 'dumb') return void io.stdout.write(read())
  const stop = listenForStop(io)
  // Its texts are made printable where they are composed.
  const screen = drawableOutput(io.stdout)
  let shown = read()
  screen.write(ENTER_SCREEN)
  try {
    while (!stop.signal.aborted) {
      screen.write(`${FROM_TOP}${shown.replaceAll('\n', `${CLEAR_LINE_END}\n`)}${hintOf(io)}${CLEAR_BELOW}`)
      const before = performance.now()
      await ledger.refresh({ roots: [...roots], signal: stop.signal })
      shown = read()
      const spent = performance.now() - before
      await sleep(Math.max(refreshInterval * 1000 - spent, spent / MAX_DUTY), undefined, { signal: stop.signal })
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    screen.write(LEAVE_SCREEN)
    stop.release()
  }
  io.stdout.write(shown)
}

function hintOf(io: Io): string {
  return `\n${createTerminal(io).style('dim', 'Ctrl-C ends.')}${CLEAR_LINE_END}`
}
