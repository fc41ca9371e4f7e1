import { KEY_LIFETIME_DAYS, type Key, keyRoutes } from '@signalbox/contract/key'
import { auditEntry } from '../http/audit.ts'
import { requireKey } from '../http/auth.ts'
import { readIfMatch, sendRevision } from '../http/etag.ts'
import { toChange } from '../http/idempotency.ts'
import { generateKey } from '../http/key-text.ts'
import { readPage, sendPage } from '../http/list.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'

const DAY_MS = 86_400_000

export function key({ app, store, clock, quotas, openStreams }: RouteContext): void {
  serve(app, keyRoutes.list, async ({ query, request, reply }) => {
    const page = readPage(query, 'newest')
    const found = await store.keys.list(page.range)
    const rows = sendPage(request, reply, page, found, ({ created_at, key_id }) => ({ at: Date.parse(created_at), id: key_id }))
    return rows.map((row) => ({ ...row, quotas: quotas.of(row.key_id) }))
  })

  serve(app, keyRoutes.create, async ({ body: { expires_at: end, ...wanted }, request, reply }) => {
    requireKey(request)
    const now = clock.now()
    const { key, hash, ...fields } = generateKey()
    const { key_id } = fields
    const expires_at = end === undefined ? new Date(now + KEY_LIFETIME_DAYS * DAY_MS).toISOString() : end
    const details = { key_id, ...wanted, ...(expires_at === null ? {} : { expires_at }) }
    const change = { ...toChange(request, reply, now), audit: () => auditEntry(request, 'key.created', details) }
    const created = await store.keys.create({ ...fields, ...details }, hash, change)
    sendRevision(reply, created.revision)
    reply.code(201).header('location', `${app.ownAddress.basePath(request)}/api/keys/${created.key_id}`)
    return change.idempotency?.replayed ? created : { ...created, key }
  })

  serve(app, keyRoutes.read, async ({ params, reply }) => {
    const found = await store.keys.find(params.key_id)
    if (found === undefined)
      throw new HubError('not_found', `There is no key ${params.key_id}`, { suggestion: 'GET /api/keys lists the keys there are.' })
    sendRevision(reply, found.revision)
    return found
  })

  serve(app, keyRoutes.revoke, async ({ params, request, reply }): Promise<Sent> => {
    const now = clock.now()
    // A key that was revoked before stays as it is.
    const wasRevoked = (await store.keys.find(params.key_id))?.revoked_at !== undefined
    const audit = (revoked: unknown) => {
      const { key_id, name } = revoked as Key
      return wasRevoked ? undefined : auditEntry(request, 'key.revoked', { key_id, name })
    }
    await store.keys.revoke(params.key_id, readIfMatch(request), { now, audit })
    openStreams.end(({ id }) => id === params.key_id)
    reply.code(204).send()
    return sent
  })
}
