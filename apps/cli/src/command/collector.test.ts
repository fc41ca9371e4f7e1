import fs from 'node:fs'
import path from 'node:path'
import { type CollectorStatus, collectorStatusSchema } from '@signalbox/contract/collector'
import { openLedger } from '@signalbox/ledger'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { runCommand, signalbox } from '../cli.suite.ts'

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString()

/** The status file of a running collector, with this process as its pid. */
function statusIn(folder: string, limits: CollectorStatus['limits'], more: Partial<CollectorStatus> = {}): CollectorStatus {
  const status: CollectorStatus = {
    state: 'idle',
    pid: process.pid,
    machine_id: 'laptop',
    hub: 'http://127.0.0.1:4000',
    version: '0.1.0',
    started_at: ago(7_200),
    updated_at: ago(2),
    pending: 0,
    set_aside: 0,
    read: { at: ago(5), transcripts: 3, calls_new: 40, watching: true },
    sent: { at: ago(5), calls: 40, failures: 0 },
    ...(limits === undefined ? {} : { limits }),
    ...more,
  }
  fs.mkdirSync(path.join(folder, 'data'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'data', 'collector.json'), JSON.stringify(status))
  return status
}

const limits: NonNullable<CollectorStatus['limits']> = {
  sources: [
    {
      name: 'claude-json',
      state: 'ok',
      did: 'read 5 windows',
      at: ago(130),
      next: "reads when Claude Code's file changes",
      last_reading_at: ago(130),
      failures: 0,
    },
    { name: 'statusline', state: 'off', failures: 0 },
    {
      name: 'console',
      state: 'needs_login',
      did: 'was sent to sign in',
      at: ago(600),
      next: 'tries again',
      next_attempt_at: ago(-3_000),
      failures: 3,
      error: { category: 'SESSION_EXPIRED', message: 'run signalbox web login \u001b[2J' },
    },
  ],
  health: { state: 'needs_login', consecutiveFailures: 3 },
  sync: {
    url: 'http://127.0.0.1:4000/api/claude/console-usage',
    pending: 2,
    set_aside: 1,
    at: ago(125),
    readings: 12,
    failures: 2,
    next_attempt_at: ago(-20),
    problem: 'The hub answered 503 without saying why.',
    suggestion: 'Look into its log.',
    last_10: { attempts: 10, success_rate: 0.8, retries: 2, duration_ms: { min: 4, avg: 9, max: 31 } },
    all: { attempts: 14, success_rate: 12 / 14, retries: 2, duration_ms: { min: 4, avg: 8, max: 31 } },
  },
  contact: { at: ago(3), failures: 0 },
}

test('collector status shows the last action, the problem and the next attempt of each source', async () => {
  const folder = tempFolder()
  const status = statusIn(folder, limits)
  const { code, stdout } = await runCommand(folder, ['collector', 'status'], { COLUMNS: '200' })
  expect(code).toBe(0)
  // A busy machine takes seconds.
  const lines = stdout
    .replace(/\b\d+ s\b/g, 'some s')
    .trimEnd()
    .split('\n')
  expect(lines).toEqual([
    expect.stringMatching(/^The collector on laptop has been running for 2 h \(process \d+\), and sends to http:\/\/127\.0\.0\.1:4000\.$/),
    '',
    'Transcripts  3 files, 40 new calls since it started, last read some s ago',
    'Sent         40 records since it started, last sent some s ago',
    'Waiting      nothing',
    '',
    'Plan limits',
    "Claude Code's file  ok: read 5 windows 2 min ago; reads when Claude Code's file changes",
    'Status line         switched off in LIMIT_SOURCES',
    'Usage page          sign-in needed: was sent to sign in 10 min ago; SESSION_EXPIRED: run signalbox web login \\u001b[2J (3 times in a row); tries again in 49 min',
    'Sent                12 snapshots since it started, last sent 2 min ago',
    'Waiting             2 snapshots; 1 rejected by the hub',
    'Attempts            the last 10: 80% succeeded, 2 retries, 4 to 31 ms, 9 ms on average',
    '                    all 14: 86% succeeded, 2 retries, 4 to 31 ms, 8 ms on average',
    expect.stringMatching(
      /^ {20}Snapshots cannot be sent: The hub answered 503 without saying why\. Look into its log\. Next attempt in some s\.$/,
    ),
  ])
  const json = JSON.parse((await runCommand(folder, ['collector', 'status', '--json'])).stdout)
  expect(json).toEqual({ ...status, running: true })
  expect(collectorStatusSchema.parse(json).limits).toEqual(limits)
})

test('a source without data shows the reason, and when it was checked', async () => {
  const folder = tempFolder()
  const source = {
    name: 'claude-json',
    state: 'waiting',
    did: "Claude Code's file does not exist yet",
    at: ago(60),
    next: 'reads when it changes',
    failures: 0,
  } as const
  statusIn(folder, { ...limits, sources: [source] })
  const { stdout } = await runCommand(folder, ['collector', 'status'])
  expect(stdout).toContain(
    "\nClaude Code's file  no data yet: Claude Code's file does not exist (checked 1 min ago); reads when it changes\n",
  )
})

test('a collector that has not read the transcripts yet does not report polling', async () => {
  const folder = tempFolder()
  const polling = /polling|polls/
  const outputs = async () =>
    Promise.all(['collector status', 'doctor'].map(async (words) => (await runCommand(folder, words.split(' '))).stdout))
  statusIn(folder, limits, { read: { transcripts: 0, calls_new: 0, watching: false } })
  for (const stdout of await outputs()) expect(stdout).not.toMatch(polling)
  statusIn(folder, limits, { read: { at: ago(5), transcripts: 3, calls_new: 40, watching: false } })
  for (const stdout of await outputs()) expect(stdout).toMatch(polling)
})

test('a stopped collector has no next attempt, and an older one has no limits; also in a process of its own', async () => {
  const folder = tempFolder()
  statusIn(folder, limits, { state: 'stopped' })
  const gone = await signalbox(folder, ['collector', 'status'])
  expect(gone.code).toBe(1)
  expect(gone.stdout).not.toMatch(/tries again|Next attempt/)
  statusIn(folder, undefined)
  expect((await runCommand(folder, ['collector', 'status'])).stdout).not.toContain('Plan limits')
})

test('resend queues sent snapshots again, and prints their number', async () => {
  const folder = tempFolder()
  const open = () => openLedger({ dataDir: path.join(folder, 'data') })
  const ledger = open()
  for (const capturedAt of [1_790_000_000_000, 1_790_000_300_000]) {
    ledger.snapshots.put({ source: 'console', capturedAt, receivedAt: capturedAt, windows: [], isPartial: false })
    ledger.snapshots.confirm(ledger.snapshots.oldest()!)
  }
  ledger.close()
  const { code, stdout } = await runCommand(folder, ['collector', 'resend'])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: '0 records and 2 limit snapshots will be sent again when the collector runs: signalbox up.\n',
  })
  const again = open()
  expect(again.snapshots.pending()).toBe(2)
  again.close()
})

test('collector status and doctor have a line about sessions, with what keeps them from the hub', async () => {
  const folder = tempFolder()
  const sessions: NonNullable<CollectorStatus['sessions']> = {
    alive: 3,
    versions: ['2.1.332', '2.1.120'],
    watching: true,
    pending: 4,
    sent: {
      at: ago(5),
      observations: 12,
      failures: 2,
      next_attempt_at: ago(-20),
      problem: 'The hub answered 503.',
      suggestion: 'Look into its log.',
    },
  }
  statusIn(folder, undefined, { sessions })
  const [status, doctor] = await Promise.all([runCommand(folder, ['collector', 'status']), runCommand(folder, ['doctor'])])
  expect(status.stdout).toContain(
    'Sessions     3 sessions of Claude Code alive (2.1.332, 2.1.120), last sent 5 s ago, 4 observations waiting\n',
  )
  expect(status.stdout).toMatch(/Observations cannot be sent: The hub answered 503\. Look into its log\. Next attempt in \d+ s\.\n/)
  expect(doctor.stdout).toContain('3 sessions of Claude Code alive')
  expect(doctor.stdout).toContain('observations cannot be sent: The hub answered 503.')
})
