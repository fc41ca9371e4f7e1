import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readSettings, SettingsError } from '@signalbox/contract/setting'
import { type LimitSnapshot, readingOf } from '@signalbox/usage/limit-snapshot'
import { type ConsoleFault, faultOf } from './limits/console/console-error.ts'
import { consoleStatus, statusText } from './limits/console/console-status.ts'
import { consolePlaces } from './limits/console/places.ts'
import type { Read } from './limits/console/reader.ts'
import { resetProfile, undoReset } from './limits/console/reset-profile.ts'
import { machineName } from './limits/console/source.ts'

/** `signalbox console …`, and the process in which the collector reads the usage page. Words in, exit code out. */
async function main(words: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, verbose: { type: 'boolean' }, undo: { type: 'boolean' } },
  })
  const { DATA_DIR, CLAUDE_CONSOLE_URL } = readSettings(process.env, ['DATA_DIR', 'CLAUDE_CONSOLE_URL'])
  const places = consolePlaces(DATA_DIR)
  const [command] = positionals
  const json = values.json ?? false
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort(new Error('Stopped.')))
  // Whoever started us is gone, or wants us to end.
  process.on('disconnect', () => stopping.abort(new Error('Stopped.')))
  process.on('message', () => stopping.abort(new Error('Stopped.')))
  const say = values.verbose ? (step: string) => void process.stderr.write(`${step}\n`) : () => {}
  const options = { places, url: CLAUDE_CONSOLE_URL, machineId: machineName(process.env), env: process.env, say, signal: stopping.signal }

  if (command === 'status') {
    const status = consoleStatus(places)
    process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, Date.now()))
    return 0
  }
  if (values.verbose) {
    const { profile } = consoleStatus(places)
    say(profile.since === undefined ? 'there is no profile yet' : `the profile ${profile.path} is of ${profile.since}`)
  }
  try {
    switch (command) {
      case 'read': {
        const { takeReading } = await import('./limits/console/take-reading.ts')
        return tellParent({ snapshot: await takeReading(options) })
      }
      case 'once': {
        const snapshot = await withRetry(options)
        await keep(DATA_DIR, snapshot, say)
        process.stdout.write(`${JSON.stringify(readingOf(snapshot), null, json ? 2 : undefined)}\n`)
        return 0
      }
      case 'login': {
        const { signIn } = await import('./limits/console/sign-in.ts')
        const opened = () =>
          process.stderr.write('Sign in in the browser that opens. It closes by itself when the page shows your limits; Ctrl-C gives up.\n')
        const snapshot = await signIn({ ...options, opened })
        const told = { signed_in: true, reading: readingOf(snapshot) }
        process.stdout.write(
          json
            ? `${JSON.stringify(told, null, 2)}\n`
            : `Signed in: the page shows ${snapshot.windows.length} limits. The collector reads them from now on.\n`,
        )
        return 0
      }
      case 'reset': {
        const done = await (values.undo ? undoReset(places) : resetProfile(places))
        if (json) process.stdout.write(`${JSON.stringify({ done })}\n`)
        else if (values.undo) process.stdout.write(done ? 'The profile is back.\n' : 'There is no profile to bring back.\n')
        else
          process.stdout.write(
            done
              ? 'The profile is gone. Sign in again: signalbox console login. To undo: signalbox console reset --undo\n'
              : 'There is no profile.\n',
          )
        return done || !values.undo ? 0 : 1
      }
      default:
        console.error('signalbox: login, once, status or reset?')
        return 2
    }
  } catch (error) {
    if (stopping.signal.aborted) return 130
    const fault = faultOf(error)
    if (command === 'read') return tellParent({ fault })
    if (json) process.stdout.write(`${JSON.stringify({ error: fault }, null, 2)}\n`)
    console.error(`signalbox: ${fault.category}: ${fault.message}${fault.suggestion === undefined ? '' : ` ${fault.suggestion}`}`)
    return 1
  }
}

/** Puts it where the collector finds it and sends it on; whoever asked for it gets it all the same. */
async function keep(dataDir: string, snapshot: LimitSnapshot, say: (step: string) => void): Promise<void> {
  const { openLedger } = await import('@signalbox/ledger')
  try {
    const ledger = openLedger({ dataDir })
    try {
      ledger.readings.put(snapshot)
    } finally {
      ledger.close()
    }
  } catch (error) {
    say(`the reading is not kept: ${(error as Error).message}`)
  }
}

/** Milliseconds before the second and the third try of `once`. */
const again = [2_000, 5_000]

/** Tries again what time may mend; a person at a terminal waits for no more. */
async function withRetry(options: Parameters<typeof import('./limits/console/take-reading.ts').takeReading>[0]): Promise<LimitSnapshot> {
  const { takeReading } = await import('./limits/console/take-reading.ts')
  for (let tried = 0; ; tried++) {
    try {
      return await takeReading(options)
    } catch (error) {
      const { category, message }: ConsoleFault = faultOf(error)
      const wait = again[tried]
      if (wait === undefined || (category !== 'NETWORK_ERROR' && category !== 'UNKNOWN')) throw error
      options.say?.(`trying again in ${wait / 1000} s (${tried + 1} of ${again.length}), because ${message}`)
      await sleep(wait, undefined, { signal: options.signal })
    }
  }
}

function tellParent(read: Read): Promise<number> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve(1)
    process.send(read, undefined, undefined, () => resolve('snapshot' in read ? 0 : 1))
  })
}

let code = 1
try {
  code = await main(process.argv.slice(2))
} catch (error) {
  const { message } = error as Error
  console.error(`signalbox: ${message}`)
  code = error instanceof SettingsError ? 1 : 2
}
// The driver of the browser may have timers that nobody waits for.
process.exit(code)
