// Timing: a collector that was offline sends thousands of observations, and the hub answers no other request while it stores a batch.
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { openHub } from '../../test/open-hub.ts'

/** How long other requests may wait. */
const MAX_BLOCK_MS = 100

it.each([1, 50, 500])('five hundred observations of %i sessions block the hub for at most a tenth of a second', async (sessions) => {
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' } })
  const ids = Array.from({ length: sessions }, () => randomUUID())
  const send = async (batch: number) => {
    const observations = Array.from({ length: 500 }, (_, n) => ({
      observation_id: `${batch}:${n}`,
      session_id: ids[n % sessions],
      source: ['process-file', 'hook', 'transcript'][n % 3],
      at: new Date(hub.clock.now() - 60_000 + batch * 1000 + n).toISOString(),
      project_id: 'p',
      alive: true,
      activity: n % 2 === 0 ? 'working' : 'idle',
      fields: { version: '2.1.332', model: 'claude-opus-5-5', cost_usd: n, context_tokens: n },
      event: { kind: 'tool', name: 'Bash', duration_ms: n },
    }))
    const block = watchBlocks()
    const answer = await hub.ask('POST', '/sessions/observations', { payload: { machine_id: 'm', observations } })
    expect(answer.json()).toEqual({ accepted: 500, rejected: [] })
    return block.longest()
  }
  const limit = await stretchForLoad(MAX_BLOCK_MS)
  const blocks: number[] = []
  for (let batch = 0; batch < 9; batch++) blocks.push(await send(batch))
  expect(blocks.toSorted((a, b) => a - b)[4]).toBeLessThan(limit)
})

it('a heartbeat of a collector over three hundred large sessions takes a twentieth of a second', async () => {
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' } })
  const ids = Array.from({ length: 300 }, () => randomUUID())
  const tasks = Array.from({ length: 200 }, (_, n) => ({ task_id: `${n}`, name: 'x'.repeat(450), status: 'pending' }))
  for (const session_id of ids) {
    const at = new Date(hub.clock.now()).toISOString()
    const observation = { observation_id: session_id, session_id, source: 'hook', at, project_id: 'p', alive: true, tasks, all_tasks: true }
    expect(
      (await hub.ask('POST', '/sessions/observations', { payload: { machine_id: 'm', observations: [observation] } })).statusCode,
    ).toBe(200)
  }
  const heartbeat = {
    heartbeat_interval_ms: 15_000,
    version: '0.1.0',
    started_at: '2026-10-06T08:00:00.000Z',
    state: 'idle',
    sessions: ids,
  }
  const times: number[] = []
  for (let count = 0; count < 6; count++) {
    const start = performance.now()
    const answer = await hub.ask('POST', '/machines/m/collector', { payload: heartbeat })
    times.push(performance.now() - start)
    expect(answer.json()).toMatchObject({ unknown_sessions: [], missing_sessions: [] })
  }
  // The first one changes what is believed, and needs the whole of each session.
  expect(times.slice(1).toSorted((a, b) => a - b)[2]).toBeLessThan(await stretchForLoad(50))
})

/** Watches for how long the event loop runs nothing else. */
function watchBlocks(): { /** In milliseconds; ends the watch. */ longest(): number } {
  let [last, longest, watches] = [performance.now(), 0, true]
  const turn = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (watches) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    longest() {
      watches = false
      turn()
      return longest
    },
  }
}
