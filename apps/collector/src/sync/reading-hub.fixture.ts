import type { IncomingMessage, ServerResponse } from 'node:http'
import { type LimitReading, readingSchema } from '@signalbox/contract/limits'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { smallServer } from './small-server.fixture.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, reading: LimitReading) => unknown

/** For tests: a server that takes readings like a hub, or does as `misbehave` says. What it said yes to it keeps, once by its idempotencyKey. */
export async function readingHub() {
  const hub = {
    get url() {
      return `${server.origin}/api/claude/console-usage`
    },
    store: 'first',
    /** What it keeps, in the order in which it came. */
    kept: [] as LimitReading[],
    /** Milliseconds by the test's own clock at which it was knocked at, and with which key. */
    knocks: [] as { at: number; key: string | undefined; path: string }[],
    misbehave: undefined as Answer | undefined,
    /** Takes the answer about its store's name. */
    hidden: false,
    up: () => server.up(),
    down: () => server.down(),
    move: () => server.move(),
    say(response: ServerResponse, status: number, message: string, headers = {}) {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify({ success: false, errorCode: 'X', message, requestId: 'r', timestamp: '' }))
    },
    keep(reading: LimitReading) {
      // Only the last few can come again: the sender goes on when it was heard.
      if (!hub.kept.slice(-10).some(({ idempotencyKey }) => idempotencyKey === reading.idempotencyKey)) hub.kept.push(reading)
    },
    yes(response: ServerResponse, reading: LimitReading) {
      hub.keep(reading)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ success: true, message: 'Reading stored', timestamp: '', version: hub.kept.length }))
    },
  }
  const server = await smallServer((request, response, body) => {
    hub.knocks.push({ at: performance.now(), key: request.headers['x-api-key'] as string | undefined, path: request.url ?? '' })
    if (request.method === 'GET') {
      if (hub.hidden) return hub.say(response, 404, 'no such route')
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ authenticated: true, by: 'key', scopes: ['ingest'], bypass: false, store_id: hub.store }))
    }
    // What leaves is what the contract wants.
    const reading = readingSchema.parse(JSON.parse(String(body)))
    if (hub.misbehave) hub.misbehave(request, response, reading)
    else hub.yes(response, reading)
  })
  return hub
}
export type ReadingHub = Awaited<ReturnType<typeof readingHub>>

/** A reading so many minutes after the first of October. */
export function snapshotAt(minute: number, more: Partial<LimitSnapshot> = {}): LimitSnapshot {
  const capturedAt = Date.UTC(2026, 9, 1) + minute * 60_000
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
    ...more,
  }
}
