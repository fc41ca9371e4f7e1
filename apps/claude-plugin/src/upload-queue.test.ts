import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { openDataFolder } from './data-folder.ts'
import { MAX_BATCH_BYTES, UploadQueue } from './upload-queue.ts'

const session_id = randomUUID()
const observation = (n: number, more: Partial<SessionObservation> = {}): SessionObservation => ({
  observation_id: `hook:${n}`,
  session_id,
  source: 'hook',
  at: new Date(1_795_954_000_000 + n).toISOString(),
  ...more,
})
const tool = (n: number) => observation(n, { event: { kind: 'tool', name: 'Bash' } })
const turn = (n: number) => observation(n, { activity: 'idle', event: { kind: 'turn-ended' } })

function queueOf(rows: readonly SessionObservation[]) {
  const folder = openDataFolder(tempFolder())
  const queue = new UploadQueue(folder)
  for (const [index, row] of rows.entries()) queue.add([row], 1_795_954_000_000 + index)
  const drain = () => {
    const ids: string[] = []
    for (let batch = queue.oldest(); batch !== undefined; batch = queue.oldest()) {
      expect(JSON.stringify(batch.observations).length).toBeLessThan(MAX_BATCH_BYTES + 1_000)
      ids.push(...batch.observations.map(({ observation_id }) => observation_id))
      queue.confirm(batch)
    }
    return ids
  }
  return { folder, queue, drain }
}

it('observations leave in the order in which they came, in requests of a bounded size', () => {
  const rows = Array.from({ length: 2_000 }, (_, n) => observation(n, { fields: { name: 'x'.repeat(100) } }))
  const { queue, drain } = queueOf([])
  queue.add(rows, 1)
  expect(drain()).toEqual(rows.map(({ observation_id }) => observation_id))
  expect(queue.isEmpty).toBe(true)
})

it('a full queue loses the oldest tool calls first, and turns only when that is not enough', () => {
  const rows = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? tool(n) : turn(n)))
  const bytes = rows.reduce((sum, row) => sum + JSON.stringify(row).length + 1, 0)
  const some = queueOf(rows)
  expect(some.queue.limit(bytes)).toBe(0)
  expect(some.queue.limit(Math.round(bytes * 0.8))).toBeGreaterThan(5)
  const kept = some.drain()
  expect(kept.filter((id) => Number(id.slice(5)) % 2 === 1)).toHaveLength(20)
  expect(kept.at(-2)).toBe('hook:38')
  expect(kept[0]).toBe('hook:1')

  const few = queueOf(rows)
  few.queue.limit(Math.round(bytes * 0.2))
  const last = few.drain()
  expect(last.length).toBeGreaterThan(0)
  expect(last.at(-1)).toBe('hook:39')
})

it('a damaged line is left out, and a damaged file holds up nothing', () => {
  const { folder, queue, drain } = queueOf([turn(1)])
  const [name = ''] = fs.readdirSync(folder.queue)
  fs.appendFileSync(path.join(folder.queue, name), '{"observation_id": "ho')
  fs.writeFileSync(path.join(folder.queue, '000.jsonl'), '\u0000\n')
  queue.add([turn(2)], 1_795_954_999_999)
  expect(drain()).toEqual(['hook:1', 'hook:2'])
})
