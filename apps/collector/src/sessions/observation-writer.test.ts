import { setTimeout as sleep } from 'node:timers/promises'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { expect, test } from 'vitest'
import { ObservationWriter } from './observation-writer.ts'

function observe(session: number): SessionObservation {
  return {
    observation_id: crypto.randomUUID(),
    session_id: `s${session}`,
    source: 'process-file',
    at: '2026-10-06T09:00:00.000Z',
    alive: true,
  }
}

/** Counts the writes for the changes of so many sessions, which come one after the other within a second and a half. */
async function countWrites(sessions: number): Promise<{ writes: number; written: number }> {
  const batches: number[] = []
  const writer = new ObservationWriter({ write: (all) => batches.push(all.length), written() {}, problemChanged() {} })
  for (let change = 0; change < 150; change++) {
    writer.put(observe(change % sessions))
    await sleep(10)
  }
  writer.close()
  return { writes: batches.length, written: batches.reduce((sum, size) => sum + size, 0) }
}

test('observations are written together, and more of them where many sessions change', async () => {
  const [few, many] = await Promise.all([countWrites(5), countWrites(75)])
  expect([few.written, many.written]).toEqual([150, 150])
  expect(few.writes).toBeGreaterThan(many.writes)
  expect(few.writes).toBeLessThan(20)
})
