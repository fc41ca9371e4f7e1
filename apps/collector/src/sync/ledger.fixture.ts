import fs from 'node:fs'
import path from 'node:path'
import { type Ledger, openLedger } from '@signalbox/ledger'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'

/** For tests: the key of the call with this number. */
export const callKey = (number: number) => `msg_${number}`

function transcriptLine(number: number): string {
  return `${JSON.stringify({
    type: 'assistant',
    timestamp: new Date(Date.UTC(2026, 10, 1) + number * 1000).toISOString(),
    sessionId: 's',
    cwd: '/work',
    uuid: `u${number}`,
    requestId: `r${number}`,
    message: { id: `msg_${number}`, model: 'claude-opus-5-5', usage: { input_tokens: number, output_tokens: 1 } },
  })}\n`
}

/** For tests: a real ledger with `count` calls in its outbox. */
export async function ledgerWithCalls(count: number) {
  const folder = tempFolder()
  const file = path.join(folder, 'projects', 'a.jsonl')
  fs.mkdirSync(path.dirname(file))
  const ledger = openLedger({ dataDir: path.join(folder, 'data') })
  onTestFinished(() => ledger.close())
  let written = 0
  const add = async (more: number) => {
    fs.appendFileSync(file, Array.from({ length: more }, (_, index) => transcriptLine(written + index)).join(''))
    written += more
    await ledger.refresh({ roots: [path.dirname(file)] })
  }
  await add(count)
  return { ledger, add }
}

/** The capture time of minute 0. */
export const FIRST_CAPTURE = Date.UTC(2026, 9, 1)

/** For tests: a snapshot that was captured `minute` minutes after the first of October. */
export function snapshotAt(minute: number): LimitSnapshot {
  const capturedAt = FIRST_CAPTURE + minute * 60_000
  return {
    source: 'console',
    machineId: 'laptop',
    capturedAt,
    receivedAt: capturedAt,
    windows: [
      {
        kind: 'session',
        label: 'Current session',
        percentUsed: minute % 100,
        resetsText: '2 hr',
        resetsAt: capturedAt + 7_200_000,
        state: 'known',
      },
    ],
    isPartial: false,
  }
}

/** For tests: a real ledger with snapshots of these minutes in its queue. */
export function ledgerWithSnapshots(...minutes: number[]): Ledger {
  const ledger = openLedger({ dataDir: tempFolder() })
  onTestFinished(() => ledger.close())
  for (const minute of minutes) ledger.snapshots.put(snapshotAt(minute))
  return ledger
}
