import { z } from 'zod'
import { listQueryShape } from './list.ts'
import { keyQuotasSchema } from './quota.ts'
import { route } from './route.ts'
import { scopeSchema, scopes } from './scope.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/** Days after which a key ends that is not given another end; a key of an invite ends after as many days without use. */
export const KEY_LIFETIME_DAYS = 365

/** A managed key without its secret, which is returned once, on creation. */
export const keySchema = z
  .object({
    key_id: z.string(),
    name: z.string(),
    scopes: z.array(scopeSchema),
    /** The first eight characters of the key. */
    prefix: z.string(),
    created_at: instant,
    /** Accurate to the minute; absent before the first use. */
    last_used_at: instant.optional(),
    /** The key is rejected from this instant on; absent when it never expires. */
    expires_at: instant.optional(),
    /** Each use of the key moves `expires_at` to this many days later; absent where the end is fixed. */
    idle_days: z.int().optional(),
    /** The only machine that the key may report about; absent when it may report about every machine. */
    machine_id: z.string().optional(),
    /** The only project that the key may report about; absent when it may report about every project. */
    project_id: z.string().optional(),
    /** When the key was revoked. */
    revoked_at: instant.optional(),
    /** Part of the list only. */
    quotas: keyQuotasSchema.optional(),
    /** Incremented by every change; sent as the `ETag`. */
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
    name: z.string().trim().pipe(identifierSchema()),
    scopes: z.array(scopeSchema).min(1).max(scopes.length),
    /** Without it the key expires in 365 days; null for a key that never expires. */
    expires_at: instant.nullable().optional(),
    machine_id: identifierSchema().optional(),
    project_id: identifierSchema().optional(),
  })
  .meta({ id: 'CreateKey', examples: [{ name: 'laptop', scopes: ['ingest'] }] })
export type CreateKey = z.infer<typeof createKeySchema>

/** The only response with the key itself. A replay by `Idempotency-Key` lacks it, because the hub stores only the hash. */
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
    summary: 'List API keys',
    description:
      'Returns the managed keys, newest first, each with what it has brought in the last 24 hours. Keys set by environment variables are not listed. The headers `X-Total-Count` and ' +
      '`Link` describe the pages.',
    query: z.strictObject(listQueryShape),
    responses: { 200: z.array(keySchema) },
  }),
  create: route({
    method: 'POST',
    path: '/api/keys',
    access: 'admin',
    summary: 'Create an API key',
    description:
      'The key itself is part of this response only; the hub stores its hash. Without `expires_at` it expires in 365 days; null is never. ' +
      'With `machine_id` or `project_id` it may send and change only what is about that machine or project.',
    body: createKeySchema,
    responses: { 201: createdKeySchema },
  }),
  read: route({
    method: 'GET',
    path: '/api/keys/:key_id',
    access: 'admin',
    summary: 'Retrieve an API key',
    params: keyParams,
    responses: { 200: keySchema },
  }),
  revoke: route({
    method: 'DELETE',
    path: '/api/keys/:key_id',
    access: 'admin',
    summary: 'Revoke an API key',
    description: 'Requests with this key are rejected from now on. Send `If-Match` to revoke it only while it has the revision you saw.',
    params: keyParams,
    responses: { 204: z.undefined() },
  }),
}
