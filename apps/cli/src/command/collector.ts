import { readSettings } from '@signalbox/contract/setting'
import { openLedger } from '@signalbox/ledger'
import type { Command } from 'commander'
import { runApp } from '../child/run-app.ts'
import { readCollectorStatus } from '../collector-status.ts'
import { formatStatus } from '../collector-status-text.ts'
import { formatCount } from '../format-number.ts'
import { findHub } from '../hub/find-hub.ts'
import type { Io } from '../io.ts'
import { collectorCommand } from '../start-collector.ts'
import { createTerminal } from '../terminal.ts'

export function collector(command: Command, io: Io): void {
  command
    .addHelpText(
      'after',
      `
Reads Claude Code's transcripts and the plan limits, and sends both to the hub: the one at SIGNALBOX_URL with the key
CLAUDE_SYNC_API_KEY, else the one that \`signalbox connect\` has joined, else the one that runs on the same DATA_DIR. Data that the hub has not confirmed is kept and sent again. To run it as a service, see docs/collector.md.

Examples:
  SIGNALBOX_URL=https://hub.example CLAUDE_SYNC_API_KEY=sbx_… signalbox collector
  signalbox collector status
  signalbox collector resend        after the hub has lost data`,
    )
    .action(async () => {
      io.exitCode = await runApp(io, 'collector', [], hubEnv(io))
    })
  command
    .command('status')
    .description('show the latest activity, the upload queue, and errors')
    .option('--json', 'print it as JSON')
    .action((options: { json?: true }) => status(io, options))
  command
    .command('resend')
    .description('send all data again, including data that the hub rejected; the hub ignores duplicates')
    .action(() => resend(io))
}

/** The hub, the key and the id of this machine as settings of the collector, where the environment does not have them. */
function hubEnv(io: Io): NodeJS.ProcessEnv {
  const settings = readSettings(io.env, ['CLAUDE_SYNC_URL', 'CLAUDE_SYNC_API_KEY', 'SIGNALBOX_API_KEY'])
  const { url, key, machineId } = findHub(io, { purpose: 'collector' })
  const place = { SIGNALBOX_URL: url, MACHINE_ID: machineId }
  // With CLAUDE_SYNC_URL, CLAUDE_SYNC_API_KEY is the key of that other hub.
  const other = settings.CLAUDE_SYNC_URL !== undefined
  const given = other ? settings.SIGNALBOX_API_KEY : (settings.CLAUDE_SYNC_API_KEY ?? settings.SIGNALBOX_API_KEY)
  if (given !== undefined || key === undefined) return place
  return other ? { ...place, SIGNALBOX_API_KEY: key } : { ...place, CLAUDE_SYNC_API_KEY: key }
}

function status(io: Io, { json }: { json?: true }): void {
  const { DATA_DIR } = readSettings(io.env, ['DATA_DIR'])
  const now = io.now()
  const found = readCollectorStatus(io, DATA_DIR)
  const start = collectorCommand(io.env)
  io.exitCode = found?.running ? 0 : 1
  if (json) return void io.stdout.write(`${JSON.stringify(found ?? null, null, 2)}\n`)
  io.stdout.write(
    found === undefined
      ? `No collector has run on this machine yet. Start one: ${start}\n`
      : formatStatus(found, createTerminal(io), { running: found.running, now, start }),
  )
}

function resend(io: Io): void {
  const { DATA_DIR } = readSettings(io.env, ['DATA_DIR'])
  const ledger = openLedger({ dataDir: DATA_DIR })
  try {
    ledger.outbox.resend()
    ledger.snapshots.resend()
    const snapshots = ledger.snapshots.pending()
    const running = readCollectorStatus(io, DATA_DIR)?.running === true
    io.stdout.write(
      `${formatCount(ledger.outbox.pending(), 'record')}${snapshots === 0 ? '' : ` and ${formatCount(snapshots, 'limit snapshot')}`} will be sent again${running ? ' within half a minute' : ` when the collector runs: ${collectorCommand(io.env)}`}.\n`,
    )
  } finally {
    ledger.close()
  }
}
