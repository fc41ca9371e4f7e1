import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readOwnerKey } from '@signalbox/hub-address/owner-key'
import { randomFrom } from '@signalbox/usage/random'
import type { Command } from 'commander'
import { logClock } from '../clock-formatter.ts'
import { startAlerts } from '../demo/alerts.ts'
import { createBudgets } from '../demo/budgets.ts'
import { startChannels } from '../demo/channels.ts'
import { startFleet } from '../demo/fleet.ts'
import { demoHubEnvironment } from '../demo/hub-environment.ts'
import { DemoClient } from '../demo/questions.ts'
import { startSnapshots } from '../demo/snapshots.ts'
import { demoUsage } from '../demo/usage.ts'
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
Eight machines, twenty sessions in all states, some of which ask and can be answered, 120 days of usage, two accounts with the
history of their limits, alerts with the messages that were sent, and budgets: all made up, and moving. Your hub, settings and transcripts are not touched; the demo has a hub of its own in a
temporary folder, which is deleted after Ctrl-C.

Examples:
  signalbox demo
  signalbox demo --port 8080`,
    )
    .action((options: { port?: string }) => run(io, options))
}

/** All that the hub has is deleted, so it need not take its time. */
const HUB_STOP_MS = 2_000
/** A busy machine takes longer to fill than a request of a page may. */
const REQUEST_TIMEOUT_MS = 60_000

async function run(io: Io, { port }: { port?: string }): Promise<void> {
  const stop = listenForStop(io)
  void stop.requested.then(() => io.limitStop())
  const terminal = createTerminal(io)
  const clock = logClock(io)
  const output = runningOutput(io)
  const { say } = output
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'signalbox-demo-')))
  const timezone = io.env.TIMEZONE || zoneOf(io)
  let hubUrl = ''
  const hub = supervise(io, {
    app: 'hub',
    env: () =>
      demoHubEnvironment(io.env, { folder, port: hubUrl === '' ? (port ?? (io.env.PORT || '0')) : new URL(hubUrl).port, timezone }),
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
    say(`The demo is at ${terminal.style('bold', hubUrl)}`)
    say('All of it is made up. Press Ctrl-C to stop and delete it.')
    const link = await signInLink(hubUrl, folder)
    if (link !== undefined) say(`To sign a browser in, open this link, once, within ten minutes: ${link}`)
    const client = new DemoClient({ baseUrl: hubUrl, apiKey: readOwnerKey(folder)?.key, timeout: REQUEST_TIMEOUT_MS })
    await fill({ client, say, timezone, now: io.now, signal: stop.signal })
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    await hub.stop(HUB_STOP_MS)
    stop.release()
    // On Windows files of a process stay open for a moment after its end.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    await output.end()
  }
}

interface FillContext {
  readonly client: DemoClient
  readonly say: (text: string) => void
  readonly timezone: string
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Starts the fleet, sends the past over the routes that collectors use, the newest first, then new calls until stopped. */
async function fill({ client, say, timezone, now, signal }: FillContext): Promise<void> {
  const usage = demoUsage({ client, signal, now, timezone })
  await startChannels({ client, signal })
  await startFleet({ client, random: randomFrom(1), signal })
  await startSnapshots({ client, signal })
  const newest = await usage.sendNewest()
  await createBudgets({ client, signal, timezone, now })
  await startAlerts({ client, signal })
  say(`It is filled with a week of ${formatCount(newest, 'call')}, eight machines and twenty sessions; four months of usage follow.`)
  const sendEarlier = async () => {
    const earlier = await usage.sendEarlier()
    say(`It has 120 days of usage now, ${formatCount(newest + earlier, 'call')}.`)
  }
  // Together: Ctrl-C rejects both.
  await Promise.all([usage.sendNew(), sendEarlier()])
}
