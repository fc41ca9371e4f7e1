import type { IncomingMessage, ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { Call } from '@signalbox/contract/call'
import { type SnapshotBody, snapshotSchema } from '@signalbox/contract/limit-snapshot'
import { ingestFoldersSchema, type ProjectFolder } from '@signalbox/contract/project-folder'
import { testServer } from './test-server.fixture.ts'

/** A POST of calls or of a snapshot. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Keys of the calls, or the idempotency key of the snapshot. */
  readonly keys: readonly string[]
  readonly snapshot: SnapshotBody | undefined
  /** Stores the items, and responds like a hub. */
  accept(): void
  /** Stores the items without a response. */
  store(): void
  fail(status: number, message: string, headers?: Record<string, string>): void
}

/** For tests: a server that accepts calls and snapshots like a hub, or responds as `respond` says. */
export async function testHub() {
  const hub = {
    get url() {
      return server.origin
    },
    get snapshotsUrl() {
      return `${server.origin}/api/claude/console-usage`
    },
    storeId: 'first',
    /** Responds to requests for the store id with 404. */
    hidesStoreId: false,
    respond: undefined as ((exchange: Exchange) => unknown) | undefined,
    /** All requests, with the key of the request and the number of items. */
    requests: [] as { readonly path: string; readonly key: string | undefined; readonly count: number }[],
    /** The number of items in each POST. */
    batchSizes: () => hub.requests.flatMap(({ count }) => (count === 0 ? [] : [count])),
    /** Keys of the stored items in the order of their arrival, repeated ones included. */
    stored: [] as string[],
    /** The projects of folders, in the order of their arrival. */
    folders: [] as ProjectFolder[],
    /** The status of answers about folders; 404 as of an older hub. */
    foldersStatus: 200,
    /** Stored snapshots, each once. */
    snapshots: [] as SnapshotBody[],
    up: () => server.up(),
    down: () => server.down(),
    move: () => server.move(),
  }
  const respond = (response: ServerResponse, status: number, body: object, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

  const server = await testServer((request, response, raw) => {
    const path = request.url ?? ''
    const key = (request.headers['x-api-key'] as string | undefined) ?? request.headers.authorization?.replace('Bearer ', '')
    if (request.method === 'GET') {
      hub.requests.push({ path, key, count: 0 })
      const whoAmI = { authenticated: true, by: 'key', scopes: ['ingest'], bypass: false, store_id: hub.storeId }
      return hub.hidesStoreId ? respond(response, 404, { message: 'no such route' }) : respond(response, 200, whoAmI)
    }
    const body: unknown = JSON.parse(String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw))
    if (path === '/api/usage/folders') {
      const { folders } = ingestFoldersSchema.parse(body)
      hub.requests.push({ path, key, count: 0 })
      if (hub.foldersStatus === 200) hub.folders.push(...folders)
      return respond(response, hub.foldersStatus, { success: hub.foldersStatus === 200, message: 'no', timestamp: '' })
    }
    const calls = path === '/api/usage/calls' ? (body as { calls: Call[] }).calls : undefined
    // Whatever is sent has to match the contract.
    const snapshot = calls === undefined ? snapshotSchema.parse(body) : undefined
    const keys = calls === undefined ? [snapshot?.idempotencyKey ?? ''] : calls.map((call) => call.key)
    hub.requests.push({ path, key, count: keys.length })
    const exchange: Exchange = {
      request,
      response,
      keys,
      snapshot,
      store() {
        hub.stored.push(...keys)
        // Only recent snapshots can be repeated.
        const isNew = !hub.snapshots.slice(-10).some(({ idempotencyKey }) => idempotencyKey === snapshot?.idempotencyKey)
        if (snapshot !== undefined && isNew) hub.snapshots.push(snapshot)
      },
      accept() {
        exchange.store()
        const result =
          calls === undefined ? { message: '', version: hub.snapshots.length } : { accepted: keys.length, improved: 0, duplicates: 0 }
        respond(response, 200, { success: true, timestamp: '', ...result })
      },
      fail(status, message, headers) {
        respond(response, status, { success: false, errorCode: 'X', message, requestId: 'r', timestamp: '' }, headers)
      },
    }
    return hub.respond === undefined ? exchange.accept() : hub.respond(exchange)
  })
  return hub
}
export type TestHub = Awaited<ReturnType<typeof testHub>>
