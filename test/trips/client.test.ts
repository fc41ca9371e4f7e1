import {
  ForbiddenError,
  type LiveEvent,
  NotFoundError,
  PayloadTooLargeError,
  StateTrackingApiClient,
  UnauthorizedError,
  ValidationError,
} from '@signalbox/client'
import type { Call } from '@signalbox/contract/call'
import { claudeUsageSchema } from '@signalbox/contract/claude-usage'
import { eventSchema } from '@signalbox/contract/event'
import { healthSchema, readinessSchema } from '@signalbox/contract/health'
import { createdKeySchema, keySchema } from '@signalbox/contract/key'
import { whoAmISchema } from '@signalbox/contract/login'
import { ingestResultSchema, usageReportSchema } from '@signalbox/contract/usage'
import { expect, onTestFinished, test } from 'vitest'
import { someCall } from '../../apps/hub/test/call.ts'
import { tempFolder } from '../support/temp.ts'
import { KEY, listeningHub, startHub } from './hub.ts'

// The client and the hub share only the contract; these tests run them against each other.

function call(number: number): Call {
  return {
    key: `m${number}:r`,
    at: new Date(Date.UTC(2026, 10, 1) + number * 1000).toISOString(),
    model: 'claude-opus-5-5',
    session_id: 's',
    cwd: '/work/ä & ü',
    is_sidechain: false,
    input: 1,
    output: 2,
    write_5m: 3,
    write_1h: 4,
    read: 5,
  }
}

test('every answer matches its schema in the contract', async () => {
  const { client } = await listeningHub()
  const calls = Array.from({ length: 5_000 }, (_, number) => call(number))
  expect(ingestResultSchema.parse(await client.ingestCalls('laptop', calls))).toMatchObject({ accepted: 5_000, duplicates: 0 })
  expect(await client.ingestCalls('laptop', calls.slice(0, 7))).toMatchObject({ accepted: 0, duplicates: 7 })
  const report = usageReportSchema.parse(
    await client.getUsage({ group: 'project', timezone: 'Europe/Berlin', project: '/work/ä & ü', since: '2026-11-01' }),
  )
  expect(report).toMatchObject({ group: 'project', timezone: 'Europe/Berlin', totals: { calls: 5_000, output: 10_000 } })
  expect((await client.getUsage({ project: '/elsewhere' })).totals.calls).toBe(0)
  claudeUsageSchema.parse(await client.getClaudeUsage({ timezone: 'UTC' }))
  expect(healthSchema.parse(await client.checkHealth()).status).toBe('ok')
  expect(readinessSchema.parse(await client.checkReady()).ready).toBe(true)
  expect(whoAmISchema.parse(await client.whoAmI())).toMatchObject({ by: 'key', bypass: false })
  expect(eventSchema.array().parse(await client.listEvents({ types: ['usage.updated'], limit: 10 }))).toHaveLength(1)
})

test('a report whose rows are on several pages says so, and leads on', async () => {
  const { client } = await listeningHub()
  const at = (day: number) => `2026-10-0${day}T09:00:00.000Z`
  await client.ingestCalls(
    'm',
    [1, 2, 3].map((day) => someCall({ at: at(day) })),
  )
  const pages: [string[], number | undefined][] = []
  let cursor: string | undefined
  do {
    const query = { limit: 2, timezone: 'UTC', ...(cursor === undefined ? {} : { cursor }) }
    const { rows, left_out, totals } = await client.getUsage(query, { onNext: (next) => (cursor = next?.cursor) })
    expect(totals.calls).toBe(3)
    pages.push([rows.map(({ day }) => day!), left_out])
  } while (cursor !== undefined)
  expect(pages).toEqual([
    [['2026-10-02', '2026-10-03'], 1],
    [['2026-10-01'], undefined],
  ])
})

test('keys are created, listed, used and revoked', async () => {
  const { url, client: admin } = await listeningHub()
  const created = createdKeySchema.parse(await admin.createKey({ name: 'reader', scopes: ['read'] }))
  expect(keySchema.array().parse(await admin.listKeys({ limit: 5 }))).toMatchObject([{ key_id: created.key_id, name: 'reader' }])
  const reader = new StateTrackingApiClient({ baseUrl: url, apiKey: created.key })
  expect((await reader.whoAmI()).scopes).toEqual(['read'])
  await expect(reader.ingestCalls('laptop', [call(1)])).rejects.toBeInstanceOf(ForbiddenError)
  await admin.revokeKey(created.key_id)
  await expect(reader.whoAmI()).rejects.toBeInstanceOf(UnauthorizedError)
  await expect(admin.revokeKey('k_unknown')).rejects.toBeInstanceOf(NotFoundError)
})

test('each refusal of the hub has its own error class, with its reason and request id', async () => {
  const { url, client } = await listeningHub()
  const wrong = { ...call(1), output: -1 }
  await expect(client.ingestCalls('laptop', [wrong])).rejects.toMatchObject({
    code: 'validation_error',
    status: 400,
    message: expect.stringContaining('output'),
    requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  await expect(client.getUsage({ since: 'whenever' })).rejects.toBeInstanceOf(ValidationError)
  const huge = Array.from({ length: 3_000 }, (_, number) => ({ ...call(number), cwd: `/${'x'.repeat(4_000)}` }))
  await expect(client.ingestCalls('laptop', huge)).rejects.toBeInstanceOf(PayloadTooLargeError)
  await expect(new StateTrackingApiClient({ baseUrl: url, apiKey: 'wrong' }).getUsage()).rejects.toBeInstanceOf(UnauthorizedError)
  await expect(new StateTrackingApiClient({ baseUrl: url }).listEvents()).rejects.toBeInstanceOf(UnauthorizedError)
})

test('each session is shown once while all of them end on the way', async () => {
  const { client } = await listeningHub()
  const made: string[] = []
  for (let n = 0; n < 7; n++) {
    const some = Array.from({ length: 30 }, () => client.createSession({ project_id: 'p', machine_id: 'm' }))
    made.push(...(await Promise.all(some)).map(({ session_id }) => session_id))
  }
  const shown: string[] = []
  const ends: Promise<unknown>[] = []
  for await (const { session_id } of client.eachSession({ status: ['active'] })) {
    shown.push(session_id)
    ends.push(client.endSession(session_id))
    // Nearly all of a page have ended before the next is asked for.
    if (ends.length === 30) await Promise.all(ends.splice(0))
  }
  await Promise.all(ends)
  expect(shown.toSorted()).toEqual(made.toSorted())
  expect(await client.listSessions({ status: ['active'] })).toEqual([])
})

test('the event stream survives a restart of the hub and misses nothing that happened meanwhile', async () => {
  const folder = tempFolder()
  const first = await startHub(folder)
  const client = new StateTrackingApiClient({ baseUrl: first.url, apiKey: KEY })
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const received: LiveEvent[] = []
  const opened = Promise.withResolvers<void>()
  const lost = Promise.withResolvers<void>()
  const complete = Promise.withResolvers<void>()
  const following = (async () => {
    const options = {
      types: ['usage.updated'] as const,
      signal: stopping.signal,
      onConnection: ({ state }: { state: string }) => (state === 'open' ? opened.resolve() : lost.resolve()),
    }
    for await (const event of client.events(options)) {
      received.push(event)
      if (received.length === 3) complete.resolve()
    }
  })()
  await opened.promise
  await client.ingestCalls('laptop', [call(1)])
  await first.child.stop('SIGKILL')
  await lost.promise
  // These events happen before the stream reconnects.
  const { port } = new URL(first.url)
  await startHub(folder, port)
  await client.ingestCalls('laptop', [call(2)])
  await client.ingestCalls('laptop', [call(3)])
  await complete.promise
  stopping.abort()
  await following
  expect(received.map(({ event, data }) => [event, data.accepted])).toEqual(Array.from({ length: 3 }, () => ['usage.updated', 1]))
  const ids = received.map(({ id }) => id ?? 0)
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
})
