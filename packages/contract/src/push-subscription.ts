import { z } from 'zod'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

export const MAX_PUSH_SUBSCRIPTIONS = 100

/** The public key that browsers subscribe with (VAPID), base64url. */
export const pushKeySchema = z.object({ key: z.string() }).meta({ id: 'PushKey', examples: [{ key: 'BNcRdreALRFX…' }] })
export type PushKey = z.infer<typeof pushKeySchema>

/** A browser that is subscribed, without its address and its keys. Channels of kind `web_push` send to all of them. */
export const pushSubscriptionSchema = z
  .object({
    /** SHA-256 of the endpoint, hex. */
    subscription_id: z.string(),
    /** As it is called in lists. */
    browser: z.string(),
    /** The key that made it. */
    key_id: z.string().optional(),
    created_at: instant,
    /** When the push service last accepted a message. */
    last_ok_at: instant.optional(),
  })
  .meta({
    id: 'PushSubscription',
    examples: [
      {
        subscription_id: '9f2c…',
        browser: 'Firefox on Linux',
        key_id: 'k_3f9a1c20b7d4',
        created_at: '2026-10-06T09:12:00.000Z',
      },
    ],
  })
export type PushSubscription = z.infer<typeof pushSubscriptionSchema>

const base64url = z.string().regex(/^[\w-]+={0,2}$/, { error: 'is not base64url' })

/** As `PushSubscription.toJSON()` of a browser has it. */
export const createPushSubscriptionSchema = z
  .strictObject({
    endpoint: z.url({ protocol: /^https?$/ }).max(2_000),
    keys: z.strictObject({ p256dh: base64url.min(80).max(100), auth: base64url.min(16).max(40) }),
    browser: identifierSchema(100).default('A browser'),
    /** Ignored: push services do not keep to it. */
    expirationTime: z.number().nullable().optional(),
  })
  .meta({ id: 'CreatePushSubscription' })
export type CreatePushSubscription = z.input<typeof createPushSubscriptionSchema>

const subscriptionParams = z.strictObject({ subscription_id: z.string().regex(/^[0-9a-f]{64}$/, { error: 'is no id of a subscription' }) })

export const pushSubscriptionRoutes = {
  key: route({
    method: 'GET',
    path: '/api/push/key',
    access: 'read',
    summary: 'Retrieve the key for web push',
    description: 'The public key with which a browser subscribes.',
    responses: { 200: pushKeySchema },
  }),
  list: route({
    method: 'GET',
    path: '/api/push/subscriptions',
    access: 'read',
    summary: 'List subscribed browsers',
    description: 'Those that the key of this request has made; with the scope `admin` all.',
    responses: { 200: z.array(pushSubscriptionSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/api/push/subscriptions',
    access: 'read',
    summary: 'Subscribe a browser',
    description: 'The first one creates a channel of kind `web_push`, if there is none. The same endpoint again replaces its keys.',
    body: createPushSubscriptionSchema,
    responses: { 201: pushSubscriptionSchema },
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/push/subscriptions/:subscription_id',
    access: 'read',
    summary: 'Unsubscribe a browser',
    description: 'Only what the key of this request has made, unless it has the scope `admin`.',
    params: subscriptionParams,
    responses: { 204: z.undefined() },
  }),
}
