import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@signalbox/client'
import { type LimitReading, readingSchema } from '@signalbox/contract/limits'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { onTestFinished } from 'vitest'

type Answer = (request: IncomingMessage, response: ServerResponse, reading: LimitReading) => unknown

/** For tests: a server that takes readings like a hub, or does as `misbehave` says. What it said yes to it keeps, once by its idempotencyKey. */
export async function readingHub() {
  const hub = {
    url: '',
    store: 'first',
    /** What it keeps, in the order in which it came. */
    kept: [] as LimitReading[],
    /** Milliseconds by the test's own clock at which it was knocked at, and with which key. */
    knocks: [] as { at: number; key: string | undefined; path: string }[],
    misbehave: undefined as Answer | undefined,
    /** Takes the answer about its store's name. */
    hidden: false,
    async up(port = 0) {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/claude/console-usage`
    },
    async down() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
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
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    hub.knocks.push({ at: performance.now(), key: request.headers['x-api-key'] as string | undefined, path: request.url ?? '' })
    if (request.method === 'GET') {
      if (hub.hidden) return hub.say(response, 404, 'no such route')
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ authenticated: true, by: 'key', scopes: ['ingest'], bypass: false, store_id: hub.store }))
    }
    // What leaves is what the contract wants.
    const reading = readingSchema.parse(JSON.parse(String(Buffer.concat(parts))))
    if (hub.misbehave) hub.misbehave(request, response, reading)
    else hub.yes(response, reading)
  })
  await hub.up()
  onTestFinished(() => hub.down().catch(() => {}))
  return hub
}
export type ReadingHub = Awaited<ReturnType<typeof readingHub>>

/** A clock that jumps to the end of every wait as soon as everybody else had a turn, and writes the waits down. */
export function impatient(start = Date.parse('2026-11-01T00:00:00Z')): Clock & { waits: number[] } {
  const waits: number[] = []
  let now = start
  return {
    waits,
    now: () => now,
    random: () => 0.5,
    wait: async (milliseconds, signal) => {
      waits.push(milliseconds)
      await sleep(1)
      signal?.throwIfAborted()
      now += milliseconds
    },
  }
}

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
