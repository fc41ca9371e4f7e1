import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { countOf } from '@signalbox/contract/plural'
import { readSettings, SettingsError } from '@signalbox/contract/setting'
import { endOnOutputError } from '@signalbox/hub-address/output-error'
import { print, printError } from '@signalbox/hub-address/print'
import { type LimitSnapshot, snapshotBodyOf } from '@signalbox/usage/limit-snapshot'
import { type ConsoleFault, toConsoleFault } from './limits/console/console-error.ts'
import { consolePaths } from './limits/console/console-paths.ts'
import { formatConsoleStatus, readConsoleStatus } from './limits/console/console-status.ts'
import type { ReadResult } from './limits/console/read-in-child.ts'
import { resetProfile, undoReset } from './limits/console/reset-profile.ts'
import { machineName } from './limits/console/source.ts'

// Everything that this program writes is for its user alone, in whatever folder it is.
process.umask(0o077)

/** `signalbox console …`, and the child process in which the collector reads the usage page. @returns the exit code */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, verbose: { type: 'boolean' }, undo: { type: 'boolean' } },
  })
  const { DATA_DIR, CLAUDE_CONSOLE_URL } = readSettings(process.env, ['DATA_DIR', 'CLAUDE_CONSOLE_URL'])
  const paths = consolePaths(DATA_DIR)
  const [command] = positionals
  const json = values.json ?? false
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort(new Error('Stopped.')))
  // The parent process has exited, or asks this one to stop.
  process.on('disconnect', () => stopping.abort(new Error('Stopped.')))
  process.on('message', () => stopping.abort(new Error('Stopped.')))
  const say = values.verbose ? printError : () => {}
  const options = { paths, url: CLAUDE_CONSOLE_URL, machineId: machineName(process.env), env: process.env, say, signal: stopping.signal }

  if (command === 'status') {
    const status = readConsoleStatus(paths)
    print(json ? JSON.stringify(status, null, 2) : formatConsoleStatus(status, Date.now()))
    return 0
  }
  if (values.verbose) {
    const { profile } = readConsoleStatus(paths)
    say(profile.since === undefined ? 'there is no profile yet' : `the profile ${profile.path} was created ${profile.since}`)
  }
  try {
    switch (command) {
      case 'read': {
        const { takeSnapshot } = await import('./limits/console/take-snapshot.ts')
        return notifyParent({ snapshot: await takeSnapshot(options) })
      }
      case 'once': {
        const snapshot = await takeWithRetry(options)
        await putInLedger(DATA_DIR, snapshot, say)
        print(JSON.stringify(snapshotBodyOf(snapshot), null, json ? 2 : undefined))
        return 0
      }
      case 'login': {
        const { signIn } = await import('./limits/console/sign-in.ts')
        const opened = () =>
          printError('Sign in in the browser that opens. It closes by itself when the page shows your limits. Ctrl-C cancels.')
        const snapshot = await signIn({ ...options, opened })
        const result = { signed_in: true, reading: snapshotBodyOf(snapshot) }
        print(
          json
            ? JSON.stringify(result, null, 2)
            : `Signed in: the page shows ${countOf(snapshot.windows.length, 'limit')}. The collector now reads them regularly.`,
        )
        return 0
      }
      case 'reset': {
        const done = await (values.undo ? undoReset(paths) : resetProfile(paths))
        if (json) print(JSON.stringify({ done }))
        else if (values.undo) print(done ? 'Profile restored.' : 'There is no profile to restore.')
        else
          print(done ? 'Profile removed. Sign in again: signalbox web login. To undo: signalbox web reset --undo' : 'There is no profile.')
        return done || !values.undo ? 0 : 1
      }
      default:
        printError('signalbox: expected one of login, once, status, reset')
        return 2
    }
  } catch (error) {
    if (stopping.signal.aborted) return 130
    const fault = toConsoleFault(error)
    if (command === 'read') return notifyParent({ fault })
    if (json) print(JSON.stringify({ error: fault }, null, 2))
    printError(`signalbox: ${fault.category}: ${fault.message}${fault.suggestion === undefined ? '' : ` ${fault.suggestion}`}`)
    return 1
  }
}

/** Queues the snapshot in the ledger for the collector to send. A failure is only reported: the snapshot is still printed. */
async function putInLedger(dataDir: string, snapshot: LimitSnapshot, say: (step: string) => void): Promise<void> {
  const { openLedger } = await import('@signalbox/ledger')
  try {
    const ledger = openLedger({ dataDir })
    try {
      ledger.snapshots.put(snapshot)
    } finally {
      ledger.close()
    }
  } catch (error) {
    say(`the snapshot could not be saved: ${(error as Error).message}`)
  }
}

/** Delays in milliseconds before the retries of `once`; few and short, because a person waits at the terminal. */
const RETRY_DELAYS_MS = [2_000, 5_000]

/** Retries errors that may be temporary. @throws ConsoleError of the last attempt */
async function takeWithRetry(
  options: Parameters<typeof import('./limits/console/take-snapshot.ts').takeSnapshot>[0],
): Promise<LimitSnapshot> {
  const { takeSnapshot } = await import('./limits/console/take-snapshot.ts')
  for (let attempt = 0; ; attempt++) {
    try {
      return await takeSnapshot(options)
    } catch (error) {
      const { category, message }: ConsoleFault = toConsoleFault(error)
      const delay = RETRY_DELAYS_MS[attempt]
      if (delay === undefined || (category !== 'NETWORK_ERROR' && category !== 'UNKNOWN')) throw error
      options.say?.(`retrying in ${delay / 1000} s (${attempt + 1} of ${RETRY_DELAYS_MS.length}), because ${message}`)
      await sleep(delay, undefined, { signal: options.signal })
    }
  }
}

/** @returns the exit code */
function notifyParent(result: ReadResult): Promise<number> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve(1)
    process.send(result, undefined, undefined, () => resolve('snapshot' in result ? 0 : 1))
  })
}

endOnOutputError('signalbox')
void start()

async function start(): Promise<void> {
  let code = 1
  try {
    code = await main(process.argv.slice(2))
  } catch (error) {
    const { message } = error as Error
    printError(`signalbox: ${message}`)
    code = error instanceof SettingsError ? 1 : 2
  }
  // An error of the output comes a turn later than the write.
  await setImmediate()
  // The browser's driver may leave timers behind that would keep this process alive.
  process.exit(code)
}
