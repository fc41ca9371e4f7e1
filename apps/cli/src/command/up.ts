import { printable } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import { isLoopback } from '@signalbox/hub-address/this-machine'
import { findTranscriptPlaces, findTranscripts } from '@signalbox/ledger'
import type { Command } from 'commander'
import { logClock } from '../clock-formatter.ts'
import { formatCount } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { portOption } from '../port-option.ts'
import { createTerminal } from '../terminal.ts'
import { collectorKey } from '../up/collector-key.ts'
import { formatLogLine } from '../up/format-log-line.ts'
import { listenForStop } from '../up/listen-for-stop.ts'
import { runningOutput } from '../up/running-output.ts'
import { signInLink } from '../up/sign-in-link.ts'
import { type SupervisedChild, supervise } from '../up/supervise.ts'
import { makeWritable } from '../writable.ts'

interface Options {
  readonly port?: string
  readonly host?: string
}

export function up(command: Command, io: Io): void {
  command
    .option('--port <number>', 'the port of the dashboard (default: PORT, else 4000)', portOption)
    .option('--host <address>', 'the address to listen on (default: HOST, else 127.0.0.1); beyond loopback it needs an API key')
    .addHelpText(
      'after',
      `
Starts the hub with its dashboard, and this machine's collector, which reads Claude Code's transcripts and sends usage to the
hub. Ctrl-C stops both. The link that it prints signs your browser in; for another, run: signalbox open. Only this machine
can open the page until HOST says otherwise.

Examples:
  signalbox up                   the dashboard is at http://127.0.0.1:4000
  signalbox up --port 8080
  signalbox keys create me && signalbox up --host 0.0.0.0`,
    )
    .action((options: Options) => run(io, options))
}

async function run(io: Io, options: Options): Promise<void> {
  const env: NodeJS.ProcessEnv = {
    ...io.env,
    ...(options.port === undefined ? {} : { PORT: options.port }),
    ...(options.host === undefined ? {} : { HOST: options.host }),
  }
  const settings = readSettings(env, [
    'DATA_DIR',
    'HOST',
    'API_KEYS',
    'CLAUDE_SYNC_URL',
    'CLAUDE_SYNC_API_KEY',
    'SIGNALBOX_API_KEY',
    'PUBLIC_URL',
  ])
  makeWritable(settings.DATA_DIR)
  const stop = listenForStop(io)
  void stop.requested.then(() => io.limitStop())
  const terminal = createTerminal(io)
  const clock = logClock(io)
  const output = runningOutput(io)
  const { say } = output
  const children: SupervisedChild[] = []
  stop.onRepeat(() => {
    for (const child of children) child.kill()
  })

  /** The hub's address, as reached from this machine. */
  let hubUrl = ''
  let collector: SupervisedChild | undefined
  const hub = supervise(io, {
    app: 'hub',
    env: () => ({
      ...env,
      ...defaultLogLevel(env),
      ...openWithoutKey(env, settings),
      // After a restart the hub keeps a port that was chosen for it.
      ...(hubUrl === '' ? {} : { PORT: new URL(hubUrl).port }),
    }),
    line: (line) => say(io.stdout.isTTY ? formatLogLine('hub', line, terminal, clock) : line),
    message: (message) => {
      const { listening } = message as { listening?: unknown }
      if (typeof listening !== 'string') return false
      hubUrl = toReachableUrl(listening)
      collector?.send({})
      return true
    },
    restarting: (how, delay) => say(`The hub exited (${how}); restarting in ${delay / 1000} s.`),
  })
  children.push(hub)

  try {
    await Promise.race([hub.started, stop.requested])
    if (stop.signal.aborted) return
    const keys = [settings.CLAUDE_SYNC_API_KEY, settings.SIGNALBOX_API_KEY, settings.API_KEYS[0]]
    // With CLAUDE_SYNC_URL, CLAUDE_SYNC_API_KEY is the key of that other hub.
    const keyName = settings.CLAUDE_SYNC_URL === undefined ? 'CLAUDE_SYNC_API_KEY' : 'SIGNALBOX_API_KEY'
    let key = await collectorKey(io, hubUrl, settings.DATA_DIR, keys)
    let renewedAt = 0
    const collectorChild = supervise(io, {
      app: 'collector',
      env: () => ({ ...env, ...defaultLogLevel(env), SIGNALBOX_URL: hubUrl, ...(key === undefined ? {} : { [keyName]: key }) }),
      line: (line) => say(io.stdout.isTTY ? formatLogLine('collector', line, terminal, clock) : line),
      message: (message) => {
        const { collecting, keyRefused } = message as { collecting?: true; keyRefused?: true }
        // The first key was created since the start, or the collector's key was revoked.
        if (keyRefused && io.now() - renewedAt > KEY_RENEWAL_INTERVAL_MS) {
          renewedAt = io.now()
          collectorKey(io, hubUrl, settings.DATA_DIR, keys).then(
            (renewed) => {
              key = renewed
              collectorChild.send(renewed === undefined ? {} : { key: renewed })
            },
            (error: Error) => say(`signalbox: ${error.message}`),
          )
        }
        return collecting === true
      },
      restarting: (how, delay) => say(`The collector exited (${how}); restarting in ${delay / 1000} s.`),
    })
    collector = collectorChild
    children.push(collectorChild)
    const link = await signInLink(hubUrl, settings.DATA_DIR)
    const signIn = link === undefined ? '' : ` · to sign a browser in, once, within ten minutes: ${link}`
    const elsewhere = settings.PUBLIC_URL === undefined ? '' : ` · for others: ${terminal.style('bold', settings.PUBLIC_URL)}`
    say(`Signalbox is at ${terminal.style('bold', hubUrl)}${elsewhere}${signIn}`)
    say(formatTranscripts(env))
    say(`Data folder: ${formatPath(settings.DATA_DIR)}. Press Ctrl-C to stop.`)
    collectorChild.started.catch((error: Error) => say(`The hub is running, but the collector could not be started: ${error.message}`))
    await stop.requested
  } finally {
    // The collector first, so that the hub still receives its last request.
    const started = performance.now()
    await collector?.stop(COLLECTOR_STOP_MS)
    await hub.stop(CHILDREN_STOP_MS - (performance.now() - started))
    stop.release()
    await output.end()
  }
}

const KEY_RENEWAL_INTERVAL_MS = 30_000
/** How long the collector, and both together, may take to stop, in milliseconds. */
const COLLECTOR_STOP_MS = 3_000
const CHILDREN_STOP_MS = 6_500

/** Children log warnings and errors only, unless LOG_LEVEL is set. */
function defaultLogLevel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env.LOG_LEVEL ? {} : { LOG_LEVEL: 'warn' }
}

/** Lets the hub work without a key; the hub itself also checks that it is on loopback and has no key. */
function openWithoutKey(env: NodeJS.ProcessEnv, { HOST, API_KEYS }: { HOST: string; API_KEYS: readonly string[] }): NodeJS.ProcessEnv {
  return env.NODE_ENV || !isLoopback(HOST) || API_KEYS.length > 0 ? {} : { NODE_ENV: 'development' }
}

/** The loopback address in place of one that means all addresses. */
function toReachableUrl(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:').replace(/\/+$/, '')
}

function formatTranscripts(env: NodeJS.ProcessEnv): string {
  const found = findTranscriptPlaces(env)
  const { transcripts } = findTranscripts(found.flatMap(({ roots }) => roots))
  const places = found.map(({ folder }) => printable(formatPath(folder))).join(' and ')
  return transcripts.length === 0
    ? `No transcripts in ${places} yet: use Claude Code, or set CLAUDE_CONFIG_DIR to its folder.`
    : `Reading ${formatCount(transcripts.length, 'transcript')} in ${places}.`
}
