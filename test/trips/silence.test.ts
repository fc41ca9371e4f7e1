import { expect, it } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { startHubProcess } from './hub-process.ts'

const STALL_MS = 2000

it('silence is on an open stream within three seconds of being due, and a hub that was away calls nobody', async () => {
  const folder = tempFolder()
  const hub = await startHubProcess({ DATA_DIR: folder, STALL_THRESHOLD_MS: String(STALL_MS) })
  const end = new AbortController()
  const stream = await fetch(`${hub.url}/events?types=session.status`, { headers: { authorization: 'Bearer trip' }, signal: end.signal })
  const { body } = await hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
  // Some that go on, so that one silence is not taken for a broken line.
  const others = await Promise.all(Array.from({ length: 3 }, () => hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })))
  const beats = setInterval(() => {
    for (const other of others) hub.ask('POST', `/sessions/${other.body.session_id}/heartbeat`, {}).catch(() => {})
  }, 500)
  const due = Date.parse(body.last_heartbeat as string) + STALL_MS
  let text = ''
  for await (const bytes of stream.body!) {
    text += Buffer.from(bytes).toString()
    if (text.includes('"stalled"')) break
  }
  const noticed = Date.now()
  clearInterval(beats)
  end.abort()
  expect(noticed - due).toBeGreaterThanOrEqual(0)
  expect(noticed - due).toBeLessThanOrEqual(3000)
  expect(text).toContain(`"session_id":"${body.session_id}"`)
  expect(text).toContain(`"occurred_at":"${new Date(due).toISOString()}"`)

  await hub.child.stop('SIGKILL')
  await new Promise((resolve) => setTimeout(resolve, 2 * STALL_MS))
  const again = await startHubProcess({ DATA_DIR: folder, STALL_THRESHOLD_MS: String(STALL_MS) })
  for (const other of others) {
    expect((await again.ask('POST', `/sessions/${other.body.session_id}/heartbeat`, {})).body.status).toBe('active')
  }
  const { body: log } = await again.ask<{ data: Record<string, unknown> }[]>(
    'GET',
    '/events?format=json&after=0&limit=1000&types=session.status',
  )
  expect(log.map(({ data }) => data.session_id)).toEqual([body.session_id])
})
