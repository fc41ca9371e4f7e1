import { NotFoundError } from '@signalbox/client'
import { readSettings } from '@signalbox/contract/setting'
import type { Command } from 'commander'
import { clockTime } from '../clock-time.ts'
import { Failure } from '../failure.ts'
import { askHub } from '../hub/connect.ts'
import { printJson } from '../hub/told.ts'
import type { LocalLimits } from '../limits/local.ts'
import { limitsText, reasonOf } from '../limits/show.ts'
import type { ShownReading } from '../limits/shown-reading.ts'
import { counted } from '../number.ts'
import { printable } from '../printable.ts'
import { terminalOf } from '../terminal.ts'

interface Options {
  readonly json?: true
  readonly local?: true
  readonly verbose?: true
}

/** Milliseconds: the ledger of this machine has an answer too. */
const PATIENCE = 3_000

export function limits(command: Command): void {
  command
    .option('--json', 'print it for a program, as the hub answers it')
    .option('--local', 'only what was read on this machine; asks no hub')
    .option('--verbose', 'tell the request id when the hub refuses')
    .addHelpText(
      'after',
      `
How much of the plan is used, by the hub at SIGNALBOX_URL; where it does not answer, by the ledger of this machine.
The cross in a bar is where the clock of the window is: more used than gone means that it may not last.
Exit code 1 when there is no reading yet.

Examples:
  signalbox limits
  signalbox limits --local
  signalbox limits --json | jq .currentSession.percentageUsed`,
    )
    .action(run)
}

async function run(options: Options): Promise<void> {
  const { DATA_DIR } = readSettings(process.env, ['DATA_DIR'])
  const asked = options.local ? undefined : await fromHub(options)
  if (asked?.reading !== undefined) return show(asked.reading, asked.now, options)

  const now = Date.now()
  // Not needed where the hub answers, and it loads a database.
  const { localLimits } = await import('../limits/local.ts')
  const local = localLimits(DATA_DIR, now)
  if (local.reading === undefined) return nothing(local, asked?.said, now, options)
  if (asked !== undefined) console.error(`signalbox: ${asked.said} This is what was read on this machine.`)
  show(local.reading, now, options)
  if (local.pending > 0) console.error(`signalbox: ${counted(local.pending, 'reading')} not at the hub yet.`)
}

interface Asked {
  readonly reading: ShownReading | undefined
  /** Milliseconds by the clock of the hub. */
  readonly now: number
  /** Why it gave no reading, and what to do. */
  readonly said: string
}

/** What the hub knows. Whatever is in its way is not the end: this machine may know more. */
async function fromHub(options: Options): Promise<Asked> {
  try {
    return await askHub(
      options,
      async (hub) => {
        try {
          return { reading: await hub.client.getLimitReading(), now: hub.now(), said: '' }
        } catch (error) {
          if (!(error instanceof NotFoundError && error.byHub)) throw error
          return { reading: undefined, now: hub.now(), said: printable(`${error.message}. ${error.suggestion ?? ''}`.trim()) }
        }
      },
      { timeout: PATIENCE, tryAgain: false },
    )
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { reading: undefined, now: Date.now(), said: `${error.message}${error.suggestion === undefined ? '' : ` ${error.suggestion}`}` }
  }
}

function show(reading: ShownReading, now: number, { json }: Options): void {
  if (json) return void printJson(reading)
  const terminal = terminalOf(process.stdout, process.env)
  terminal.write(limitsText(reading, terminal, { now, clock: clockTime(process.env) }))
}

function nothing({ collector }: LocalLimits, said: string | undefined, now: number, { json }: Options): void {
  process.exitCode = 1
  if (json) printJson(null)
  const lines = ['No reading of the plan limits yet.']
  if (said !== undefined) lines.push(`Hub: ${said}`)
  const reason = reasonOf(collector, now, clockTime(process.env), true)
  if (reason !== undefined) lines.push(`Here: ${printable(reason)}`)
  lines.push(
    'Claude Code tells its own: use it once while the collector runs. For more, `signalbox statusline install` or `signalbox console login`.',
  )
  const text = `${lines.join('\n')}\n`
  if (json) process.stderr.write(text)
  else process.stdout.write(text)
}
