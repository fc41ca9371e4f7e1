// Timing: three seconds from a missed heartbeat to the screen is what the monitor promises.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { stretchForLoad } from '../support/machine-load.ts'
import { tempFolder } from '../support/temp.ts'
import { startHubProcess } from './hub-process.ts'

const STALL_MS = 1000
/** Of a hub that is restarted again and again; a whole interval fits into none of its lives. */
const RESTARTED = { stallMs: 3000, lifeMs: 2500, downMs: 500, maxLives: 6 }
/** From the due time to the open stream. */
const LIMIT_MS = 3000

it('a missed heartbeat is on an open stream within three seconds of its due time, and a restarted hub stalls no session for its own absence', async () => {
  const folder = tempFolder()
  const hub = await startHubProcess({ DATA_DIR: folder, STALL_THRESHOLD_MS: String(STALL_MS) })
  const end = new AbortController()
  const stream = await fetch(`${hub.url}/events?types=session.status`, { headers: { authorization: 'Bearer trip' }, signal: end.signal })
  const { body } = await hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
  // Other sessions go on, so that one missed heartbeat is not taken for an outage of the hub.
  const others = await Promise.all(Array.from({ length: 3 }, () => hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })))
  const heartbeats = setInterval(() => {
    for (const other of others) hub.ask('POST', `/sessions/${other.body.session_id}/heartbeat`, {}).catch(() => {})
  }, 500)
  const limitMs = await stretchForLoad(LIMIT_MS)
  const due = Date.parse(body.last_heartbeat as string) + STALL_MS
  let text = ''
  for await (const bytes of stream.body!) {
    text += Buffer.from(bytes).toString()
    if (text.includes('"stalled"')) break
  }
  const noticed = Date.now()
  clearInterval(heartbeats)
  end.abort()
  expect(noticed - due).toBeGreaterThanOrEqual(0)
  expect(noticed - due).toBeLessThanOrEqual(limitMs)
  expect(text).toContain(`"session_id":"${body.session_id}"`)
  expect(text).toContain(`"occurred_at":"${new Date(due).toISOString()}"`)

  await hub.child.stop('SIGKILL')
  await new Promise((resolve) => setTimeout(resolve, 2 * STALL_MS))
  const restarted = await startHubProcess({ DATA_DIR: folder, STALL_THRESHOLD_MS: String(STALL_MS) })
  for (const other of others) {
    expect((await restarted.ask('POST', `/sessions/${other.body.session_id}/heartbeat`, {})).body.status).toBe('active')
  }
  const { body: log } = await restarted.ask<{ data: Record<string, unknown> }[]>(
    'GET',
    '/events?format=json&after=0&limit=1000&types=session.status',
  )
  expect(log.map(({ data }) => data.session_id)).toEqual([body.session_id])
})

it('a hub that is restarted before each interval has passed finds a dead session all the same, and not before it was silent for one', async () => {
  const folder = tempFolder()
  const { stallMs, lifeMs, downMs, maxLives } = RESTARTED
  const stalled: number[] = []
  let listenedMs = 0
  let session = ''
  for (let life = 1; life <= maxLives && stalled.length === 0; life++) {
    const hub = await startHubProcess({ DATA_DIR: folder, STALL_THRESHOLD_MS: String(stallMs) })
    const began = performance.now()
    if (life === 1) session = String((await hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })).body.session_id)
    await sleep(lifeMs)
    const { body } = await hub.ask('GET', `/sessions/${session}`)
    // Killed, it loses up to a second of what it has listened.
    await hub.child.stop(life % 2 === 1 ? 'SIGKILL' : 'SIGTERM')
    listenedMs += performance.now() - began
    if (body.status === 'stalled') stalled.push(life)
    await sleep(downMs)
  }
  expect(stalled).toHaveLength(1)
  expect(listenedMs).toBeGreaterThanOrEqual(stallMs)
  expect(stalled[0]).toBeGreaterThan(1)
})
