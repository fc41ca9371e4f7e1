import { readSettings } from '@signalbox/contract/setting'
import { findTranscriptRoots, findTranscripts } from '@signalbox/ledger'
import type { Command } from 'commander'
import { isLoopback } from '../loopback.ts'
import { counted } from '../number.ts'
import { portOption } from '../port-option.ts'
import { shown } from '../shown.ts'
import { terminalOf } from '../terminal.ts'
import { collectorKey } from '../up/collector-key.ts'
import { type KeptChild, keepRunning } from '../up/keep-running.ts'
import { readableLine } from '../up/log-line.ts'
import { untilToldToStop } from '../up/until-told-to-stop.ts'
import { makeWritable } from '../writable.ts'

interface Options {
  readonly port?: string
  readonly host?: string
}

export function up(command: Command): void {
  command
    .option('--port <number>', 'the port of the page (default: PORT, else 4000)', portOption)
    .option('--host <address>', 'the address to listen on (default: HOST, else 127.0.0.1); beyond loopback a key is needed')
    .addHelpText(
      'after',
      `
Starts the hub, which keeps and shows, and this machine's collector, which reads Claude Code's transcripts and sends them to it.
Ctrl-C ends both. While no key exists, the page is open to this machine alone and asks for none.

Examples:
  signalbox up                   the page is at http://127.0.0.1:4000
  signalbox up --port 8080
  signalbox keys create me && signalbox up --host 0.0.0.0`,
    )
    .action(run)
}

async function run(options: Options): Promise<void> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...(options.port === undefined ? {} : { PORT: options.port }),
    ...(options.host === undefined ? {} : { HOST: options.host }),
  }
  const settings = readSettings(env, ['DATA_DIR', 'HOST', 'API_KEYS', 'CLAUDE_SYNC_URL', 'CLAUDE_SYNC_API_KEY', 'SIGNALBOX_API_KEY'])
  makeWritable(settings.DATA_DIR)
  const told = untilToldToStop()
  const terminal = terminalOf(process.stdout, process.env)
  const say = (text: string) => terminal.write(`${text}\n`)
  const children: KeptChild[] = []
  told.again(() => {
    for (const child of children) child.kill()
  })

  /** Where the hub listens, as we reach it ourselves. */
  let hubUrl = ''
  let collector: KeptChild | undefined
  const hub = keepRunning({
    app: 'hub',
    env: () => ({
      ...env,
      ...quiet(env),
      ...openWhileNoKeyExists(env, settings),
      // A free port that was taken is kept, so that the page stays where it was.
      ...(hubUrl === '' ? {} : { PORT: new URL(hubUrl).port }),
    }),
    line: (line) => say(process.stdout.isTTY ? readableLine('hub', line, terminal) : line),
    message: (message) => {
      const { listening } = message as { listening?: unknown }
      if (typeof listening !== 'string') return false
      hubUrl = reachable(listening)
      collector?.send({})
      return true
    },
    restarting: (how, delay) => say(`The hub ended (${how}); starting it again in ${delay / 1000} s.`),
  })
  children.push(hub)

  try {
    await Promise.race([hub.begun, told.stop])
    if (told.stopped()) return
    const keys = [settings.CLAUDE_SYNC_API_KEY, settings.SIGNALBOX_API_KEY, settings.API_KEYS[0]]
    // Where readings go to another hub, its key is CLAUDE_SYNC_API_KEY, and ours is not for it.
    const keyName = settings.CLAUDE_SYNC_URL === undefined ? 'CLAUDE_SYNC_API_KEY' : 'SIGNALBOX_API_KEY'
    let key = await collectorKey(hubUrl, settings.DATA_DIR, keys)
    let renewedAt = 0
    const kept = keepRunning({
      app: 'collector',
      env: () => ({ ...env, ...quiet(env), SIGNALBOX_URL: hubUrl, ...(key === undefined ? {} : { [keyName]: key }) }),
      line: (line) => say(process.stdout.isTTY ? readableLine('collector', line, terminal) : line),
      message: (message) => {
        const { collecting, keyRefused } = message as { collecting?: true; keyRefused?: true }
        // The first key was made while we ran, or ours was revoked.
        if (keyRefused && Date.now() - renewedAt > RENEW_AT_MOST_EVERY) {
          renewedAt = Date.now()
          collectorKey(hubUrl, settings.DATA_DIR, keys).then(
            (renewed) => {
              key = renewed
              kept.send(renewed === undefined ? {} : { key: renewed })
            },
            (error: Error) => say(`signalbox: ${error.message}`),
          )
        }
        return collecting === true
      },
      restarting: (how, delay) => say(`The collector ended (${how}); starting it again in ${delay / 1000} s.`),
    })
    collector = kept
    children.push(kept)
    say(`Signalbox is at ${terminal.style('bold', hubUrl)}`)
    say(transcriptsLine(env))
    say(`Data is kept in ${shown(settings.DATA_DIR)}. Ctrl-C ends it.`)
    kept.begun.catch((error: Error) => say(`The page works, but nothing is collected: ${error.message}`))
    await told.stop
  } finally {
    // The collector first: what it is just sending still arrives.
    await collector?.stop()
    await hub.stop()
  }
}

const RENEW_AT_MOST_EVERY = 30_000

/** Children say only what needs attention, unless asked for more. */
function quiet(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env.LOG_LEVEL ? {} : { LOG_LEVEL: 'warn' }
}

/** The hub itself checks again that it is on loopback and that there is no key. */
function openWhileNoKeyExists(
  env: NodeJS.ProcessEnv,
  { HOST, API_KEYS }: { HOST: string; API_KEYS: readonly string[] },
): NodeJS.ProcessEnv {
  return env.NODE_ENV || !isLoopback(HOST) || API_KEYS.length > 0 ? {} : { NODE_ENV: 'development' }
}

/** An address that means all addresses cannot be visited. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:').replace(/\/+$/, '')
}

function transcriptsLine(env: NodeJS.ProcessEnv): string {
  const roots = findTranscriptRoots(env)
  const { transcripts } = findTranscripts(roots)
  const places = roots.map(shown).join(' and ')
  return transcripts.length === 0
    ? `No transcripts in ${places} yet: use Claude Code, or set CLAUDE_CONFIG_DIR to where it keeps its files.`
    : `Reading ${counted(transcripts.length, 'transcript')} in ${places}.`
}
