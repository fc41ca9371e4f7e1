import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StateTrackingApiClient } from '@signalbox/client'
import type { Call } from '@signalbox/contract/call'
import { MAX_CALLS_PER_POST } from '@signalbox/contract/ingest-limit'
import { readOwnerKey } from '@signalbox/hub-address/owner-key'
import { randomFrom } from '@signalbox/usage/random'
import { makeSample, type SampleCall } from '@signalbox/usage/sample'
import type { Command } from 'commander'
import { logClock } from '../clock-formatter.ts'
import { startFleet } from '../demo/fleet.ts'
import { startSnapshots } from '../demo/snapshots.ts'
import { formatCount } from '../format-number.ts'
import type { Io } from '../io.ts'
import { portOption } from '../port-option.ts'
import { createTerminal } from '../terminal.ts'
import { formatLogLine } from '../up/format-log-line.ts'
import { listenForStop } from '../up/listen-for-stop.ts'
import { runningOutput } from '../up/running-output.ts'
import { signInLink } from '../up/sign-in-link.ts'
import { supervise } from '../up/supervise.ts'
import { zoneOf } from '../zone-of.ts'

export function demo(command: Command, io: Io): void {
  command
    .option('--port <number>', 'the port of the dashboard (default: PORT, else a free one)', portOption)
    .addHelpText(
      'after',
      `
All data is made up. Your data and transcripts are not touched, and the demo is deleted after Ctrl-C.

Examples:
  signalbox demo
  signalbox demo --port 8080`,
    )
    .action((options: { port?: string }) => run(io, options))
}

/** The time between two batches of new calls. */
const CALL_INTERVAL_MS = 2_000

async function run(io: Io, { port }: { port?: string }): Promise<void> {
  const stop = listenForStop(io)
  void stop.requested.then(() => io.limitStop())
  const terminal = createTerminal(io)
  const clock = logClock(io)
  const output = runningOutput(io)
  const { say } = output
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'signalbox-demo-')))
  let hubUrl = ''
  const hub = supervise(io, {
    app: 'hub',
    env: () => ({
      ...io.env,
      PORT: hubUrl === '' ? (port ?? io.env.PORT ?? '0') : new URL(hubUrl).port,
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      // Programs of this user need no key: the hub is on loopback, and its empty folder has no key.
      NODE_ENV: 'development',
      API_KEYS: '',
      CLAUDE_SYNC_API_KEY: '',
      LOG_LEVEL: io.env.LOG_LEVEL || 'warn',
      TIMEZONE: io.env.TIMEZONE || zoneOf(io),
    }),
    line: (line) => say(io.stdout.isTTY ? formatLogLine('hub', line, terminal, clock) : line),
    message: (message) => {
      const { listening } = message as { listening?: unknown }
      if (typeof listening !== 'string') return false
      hubUrl = listening
      return true
    },
    restarting: (how, delay) => say(`The hub exited (${how}); restarting in ${delay / 1000} s.`),
  })
  stop.onRepeat(() => hub.kill())
  try {
    await Promise.race([hub.started, stop.requested])
    if (stop.signal.aborted) return
    const link = await signInLink(hubUrl, folder)
    if (link !== undefined) say(`To sign a browser in, open this link, once, within ten minutes: ${link}`)
    const client = new StateTrackingApiClient({ baseUrl: hubUrl, apiKey: readOwnerKey(folder)?.key })
    await fill(io, client, say, hubUrl, stop.signal)
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    await hub.stop()
    stop.release()
    rmSync(folder, { recursive: true, force: true })
    await output.end()
  }
}

/** Starts sessions, sends a month of calls over the route that collectors use, then new calls until stopped. */
async function fill(io: Io, client: StateTrackingApiClient, say: (text: string) => void, url: string, signal: AbortSignal): Promise<void> {
  const sample = makeSample({ now: io.now(), timezone: io.env.TIMEZONE || zoneOf(io) })
  say(`The demo is at ${url}`)
  await startFleet({ client, random: randomFrom(1), signal })
  await startSnapshots({ client, signal })
  const batches = new Map<string, Call[]>()
  let sent = 0
  const send = async (machine: string, calls: Call[]) => {
    await client.ingestCalls(machine, calls, { signal })
    sent += calls.length
  }
  for (const { machine, call } of sample.month) {
    const calls = batches.get(machine) ?? []
    batches.set(machine, calls)
    if (calls.push(call) === MAX_CALLS_PER_POST) await send(machine, calls.splice(0))
  }
  for (const [machine, calls] of batches) if (calls.length > 0) await send(machine, calls)
  say(`It is filled with a month of ${formatCount(sent, 'call')} and running sessions, all made up. Press Ctrl-C to stop and delete it.`)
  for (;;) {
    await sleep(CALL_INTERVAL_MS, undefined, { signal })
    for (const [machine, calls] of groupByMachine(sample.nextCalls(io.now()))) {
      // A short outage of the hub does not end the demo.
      await send(machine, calls).catch((error) => {
        if (signal.aborted) throw error
      })
    }
  }
}

function groupByMachine(samples: readonly SampleCall[]): Map<string, Call[]> {
  const machines = new Map<string, Call[]>()
  for (const { machine, call } of samples) machines.set(machine, [...(machines.get(machine) ?? []), call])
  return machines
}
