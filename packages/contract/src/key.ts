import { z } from 'zod'
import { listQueryShape } from './list.ts'
import { route } from './route.ts'
import { instant } from './time.ts'

/** `read` everything, `write` state, `ingest` calls and readings, `admin` keys, purge and cleanup. None contains another. */
export const scopes = ['read', 'write', 'ingest', 'admin'] as const
export const scopeSchema = z.enum(scopes)
export type Scope = z.infer<typeof scopeSchema>

/** A managed key as everybody may see it. The key itself is shown once, when it is made. */
export const keySchema = z
  .object({
    key_id: z.string(),
    name: z.string(),
    scopes: z.array(scopeSchema),
    /** The first eight characters of the key. */
    prefix: z.string(),
    created_at: instant,
    /** To the minute; absent before the first use. */
    last_used_at: instant.optional(),
    /** From this instant on the key is refused; absent when it never ends. */
    expires_at: instant.optional(),
    /** Since when the key is refused for ever. */
    revoked_at: instant.optional(),
    /** Grows with every change; the `ETag`. */
    revision: z.int(),
  })
  .meta({
    id: 'Key',
    examples: [
      {
        key_id: 'k_3f9a1c20b7d4',
        name: 'laptop',
        scopes: ['ingest'],
        prefix: 'sbx_q7Zt',
        created_at: '2026-10-01T08:00:00.000Z',
        last_used_at: '2026-10-06T09:12:00.000Z',
        revision: 4,
      },
    ],
  })
export type Key = z.infer<typeof keySchema>

export const createKeySchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    scopes: z.array(scopeSchema).min(1).max(scopes.length),
    expires_at: instant.optional(),
  })
  .meta({ id: 'CreateKey', examples: [{ name: 'laptop', scopes: ['ingest'] }] })
export type CreateKey = z.infer<typeof createKeySchema>

/** The only time the key is shown; a replay by `Idempotency-Key` comes without it, because the hub keeps only its hash. */
export const createdKeySchema = keySchema.extend({ key: z.string().optional() }).meta({
  id: 'CreatedKey',
  examples: [
    {
      key_id: 'k_3f9a1c20b7d4',
      name: 'laptop',
      scopes: ['ingest'],
      prefix: 'sbx_q7Zt',
      created_at: '2026-10-01T08:00:00.000Z',
      revision: 1,
      key: 'sbx_q7Zt…',
    },
  ],
})
export type CreatedKey = z.infer<typeof createdKeySchema>

const keyParams = z.strictObject({ key_id: z.string().min(1).max(100) })

export const keyRoutes = {
  list: route({
    method: 'GET',
    path: '/api/keys',
    access: 'admin',
    summary: 'Managed keys, newest first',
    description: 'Keys from the environment are not listed: they are not kept. Also answers `X-Total-Count` and `Link`.',
    query: z.strictObject(listQueryShape),
    answers: { 200: z.array(keySchema) },
  }),
  create: route({
    method: 'POST',
    path: '/api/keys',
    access: 'admin',
    summary: 'Make a key; it is shown in this answer and never again',
    body: createKeySchema,
    answers: { 201: createdKeySchema },
  }),
  read: route({
    method: 'GET',
    path: '/api/keys/:key_id',
    access: 'admin',
    summary: 'One managed key',
    params: keyParams,
    answers: { 200: keySchema },
  }),
  revoke: route({
    method: 'DELETE',
    path: '/api/keys/:key_id',
    access: 'admin',
    summary: 'Refuse a key from now on; `If-Match` holds it to the revision you saw',
    params: keyParams,
    answers: { 204: z.undefined() },
  }),
}
