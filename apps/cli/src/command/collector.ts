import type { CollectorStatus } from '@signalbox/contract/collector'
import { readSettings } from '@signalbox/contract/setting'
import { openLedger } from '@signalbox/ledger'
import type { Command } from 'commander'
import { runApp } from '../child/run-app.ts'
import { readCollectorStatus } from '../collector-status.ts'
import { limitLines } from '../limits/collector-lines.ts'
import { isLoopback } from '../loopback.ts'
import { counted, duration } from '../number.ts'
import { readCredentials } from '../up/credentials.ts'

export function collector(command: Command): void {
  command
    .addHelpText(
      'after',
      `
It reads Claude Code's transcripts and the limits of the plan, and sends both to the hub at SIGNALBOX_URL with the key
CLAUDE_SYNC_API_KEY.
What the hub did not confirm is kept, and sent when it does. docs/collector.md says how to run it as a service.

Examples:
  SIGNALBOX_URL=https://hub.example CLAUDE_SYNC_API_KEY=sbx_… signalbox collector
  signalbox collector status
  signalbox collector resend        after the hub has lost its data`,
    )
    .action(async () => {
      process.exitCode = await runApp('collector', [], ownKey())
    })
  command
    .command('status')
    .description('what it last did, what is waiting, and what is in the way')
    .option('--json', 'print it for a program')
    .action(status)
  command.command('resend').description('send everything again, also what the hub refused; sending twice changes nothing').action(resend)
}

/** To the hub of this DATA_DIR the collector may use the key that `signalbox up` made for it. No other hub gets to see it. */
function ownKey(): NodeJS.ProcessEnv {
  const settings = readSettings(process.env, ['DATA_DIR', 'SIGNALBOX_URL', 'CLAUDE_SYNC_URL', 'CLAUDE_SYNC_API_KEY', 'SIGNALBOX_API_KEY'])
  if (settings.CLAUDE_SYNC_URL === undefined ? (settings.CLAUDE_SYNC_API_KEY ?? settings.SIGNALBOX_API_KEY) : settings.SIGNALBOX_API_KEY)
    return {}
  const key = isLoopback(new URL(settings.SIGNALBOX_URL).hostname) ? readCredentials(settings.DATA_DIR)?.key : undefined
  if (key === undefined) return {}
  // Where readings go to another hub, its key is CLAUDE_SYNC_API_KEY, and this one is not for it.
  return settings.CLAUDE_SYNC_URL === undefined ? { CLAUDE_SYNC_API_KEY: key } : { SIGNALBOX_API_KEY: key }
}

function status({ json }: { json?: true }): void {
  const { DATA_DIR } = readSettings(process.env, ['DATA_DIR'])
  const now = Date.now()
  const found = readCollectorStatus(DATA_DIR, now)
  process.exitCode = found?.running ? 0 : 1
  if (json) return void process.stdout.write(`${JSON.stringify(found ?? null, null, 2)}\n`)
  process.stdout.write(
    found === undefined ? 'No collector has run here yet. Start one: signalbox up\n' : described(found, found.running, now),
  )
}

function described(status: CollectorStatus, running: boolean, now: number): string {
  const ago = (at: string | undefined) => (at === undefined ? 'not yet' : `${duration(now - Date.parse(at))} ago`)
  const { read, sent } = status
  const lines = [
    running
      ? `The collector of ${status.machine_id} runs since ${duration(now - Date.parse(status.started_at))} (process ${status.pid}).`
      : `The collector of ${status.machine_id} does not run; it was last seen ${ago(status.updated_at)}. Start it: signalbox up`,
    `Read   ${ago(read.at)}: ${counted(read.transcripts, 'transcript')}, ${counted(read.calls_new, 'new call')} since its start${read.watching ? '' : '; looking every few seconds, because the system does not tell of changes'}`,
    `Sent   ${ago(sent.at)}: ${counted(sent.calls, 'call')} since its start, to ${status.hub}`,
    `Waits  ${counted(status.pending, 'call')}${status.set_aside > 0 ? `; ${status.set_aside} refused by the hub for ever, \`signalbox doctor\` says why` : ''}`,
  ]
  if (read.problem !== undefined) lines.push(`Transcripts cannot be read: ${read.problem}`)
  if (sent.problem !== undefined) {
    const next = sent.next_attempt_at === undefined ? '' : ` Next try in ${duration(Date.parse(sent.next_attempt_at) - now)}.`
    lines.push(`Calls cannot be sent: ${sent.problem} ${sent.suggestion ?? ''}${running ? next : ''}`.trimEnd())
  }
  if (status.limits !== undefined) lines.push('', ...limitLines(status.limits, running, now))
  return `${lines.join('\n')}\n`
}

function resend(): void {
  const { DATA_DIR } = readSettings(process.env, ['DATA_DIR'])
  const ledger = openLedger({ dataDir: DATA_DIR })
  try {
    ledger.outbox.resend()
    ledger.readings.resend()
    const running = readCollectorStatus(DATA_DIR, Date.now())?.running === true
    process.stdout.write(
      `${counted(ledger.outbox.pending(), 'call')} and ${counted(ledger.readings.pending(), 'reading')} of plan limits will be sent again${running ? ' within half a minute' : ' when the collector runs: signalbox up'}.\n`,
    )
  } finally {
    ledger.close()
  }
}
