import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StateTrackingApiClient } from '@signalbox/client'
import type { Call } from '@signalbox/contract/call'
import { MAX_CALLS_PER_POST } from '@signalbox/contract/ingest-limit'
import { randomFrom } from '@signalbox/usage/random'
import { makeSample, type SampleCall } from '@signalbox/usage/sample'
import type { Command } from 'commander'
import { startFleet } from '../demo/fleet.ts'
import { startReadings } from '../demo/readings.ts'
import { localZone } from '../local-zone.ts'
import { counted } from '../number.ts'
import { portOption } from '../port-option.ts'
import { terminalOf } from '../terminal.ts'
import { keepRunning } from '../up/keep-running.ts'
import { readableLine } from '../up/log-line.ts'
import { untilToldToStop } from '../up/until-told-to-stop.ts'

export function demo(command: Command): void {
  command
    .option('--port <number>', 'the port of the page (default: PORT, else a free one)', portOption)
    .addHelpText(
      'after',
      `
Everything in it is invented. It touches neither your data nor your transcripts, and is gone after Ctrl-C.`,
    )
    .action(run)
}

/** How often somebody in the demo has used something, in milliseconds. */
const TICK = 2_000

async function run({ port }: { port?: string }): Promise<void> {
  const told = untilToldToStop()
  const terminal = terminalOf(process.stdout, process.env)
  const say = (text: string) => terminal.write(`${text}\n`)
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'signalbox-demo-')))
  let hubUrl = ''
  const hub = keepRunning({
    app: 'hub',
    env: () => ({
      ...process.env,
      PORT: hubUrl === '' ? (port ?? process.env.PORT ?? '0') : new URL(hubUrl).port,
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      // Open, because it is on loopback and no key exists in its own empty folder.
      NODE_ENV: 'development',
      API_KEYS: '',
      CLAUDE_SYNC_API_KEY: '',
      LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
      TIMEZONE: process.env.TIMEZONE || localZone(),
    }),
    line: (line) => say(process.stdout.isTTY ? readableLine('hub', line, terminal) : line),
    message: (message) => {
      const { listening } = message as { listening?: unknown }
      if (typeof listening !== 'string') return false
      hubUrl = listening
      return true
    },
    restarting: (how, delay) => say(`The hub ended (${how}); starting it again in ${delay / 1000} s.`),
  })
  told.again(() => hub.kill())
  const stopping = new AbortController()
  void told.stop.then(() => stopping.abort())
  try {
    await Promise.race([hub.begun, told.stop])
    if (told.stopped()) return
    await fill(new StateTrackingApiClient({ baseUrl: hubUrl }), say, hubUrl, stopping.signal)
  } catch (error) {
    if (!told.stopped()) throw error
  } finally {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Sets sessions to work, sends a month through the same door that a collector uses, and then what is used from now on, until stopped. */
async function fill(client: StateTrackingApiClient, say: (text: string) => void, url: string, signal: AbortSignal): Promise<void> {
  const sample = makeSample({ now: Date.now(), timezone: process.env.TIMEZONE || localZone() })
  say(`The demo is at ${url}`)
  await startFleet({ client, random: randomFrom(1), signal })
  await startReadings({ client, signal })
  const waiting = new Map<string, Call[]>()
  let sent = 0
  const send = async (machine: string, calls: Call[]) => {
    await client.ingestCalls(machine, calls, { signal })
    sent += calls.length
  }
  for (const { machine, call } of sample.month) {
    const calls = waiting.get(machine) ?? []
    waiting.set(machine, calls)
    if (calls.push(call) === MAX_CALLS_PER_POST) await send(machine, calls.splice(0))
  }
  for (const [machine, calls] of waiting) if (calls.length > 0) await send(machine, calls)
  say(
    `It is filled with a month of ${counted(sent, 'call')}, and sessions at work, all invented, and goes on. Ctrl-C ends it and removes it.`,
  )
  for (;;) {
    await sleep(TICK, undefined, { signal })
    for (const [machine, calls] of byMachine(sample.nextCalls(Date.now()))) {
      // The hub may be away for a moment; the demo goes on.
      await send(machine, calls).catch((error) => {
        if (signal.aborted) throw error
      })
    }
  }
}

function byMachine(made: readonly SampleCall[]): Map<string, Call[]> {
  const machines = new Map<string, Call[]>()
  for (const { machine, call } of made) machines.set(machine, [...(machines.get(machine) ?? []), call])
  return machines
}
