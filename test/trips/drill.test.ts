import { expect, test } from 'vitest'
import { drill } from '../drill/drill.ts'
import { tempFolder } from '../support/temp.ts'

test('a hub that is killed and loses its database is restored: every call and every session of the backup is there', async () => {
  const { calls, tokens, sessions, rpoMs } = await drill({ folder: tempFolder(), calls: 300, writeMs: 300 })
  expect(calls.after).toBe(calls.before)
  expect(tokens.after).toBe(tokens.before)
  expect(sessions.restored).toBe(sessions.backedUp)
  expect(sessions.since).toBeGreaterThan(0)
  // What the backup cannot have is lost, and nothing older than the backup.
  expect(sessions.lost).toBe(sessions.since)
  expect(rpoMs).toBeGreaterThanOrEqual(300)
})
