import { z } from 'zod'
import type { ChannelKindName } from './channel-kind.ts'
import { identifierSchema } from './text.ts'

/** How each kind of channel is set up. What people see of each field is in `channel-field.ts`. */

const MAX_RECIPIENTS = 20
/** Keeps its signature long enough: Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES = { min: 24, max: 64 }

/** The address of a server. A password would be shown with it, so it has fields of its own. */
const address = z
  .string()
  .trim()
  .min(1)
  .max(2_000)
  .refine(isWebAddress, { error: 'must be an http or https address without user and password' })

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

/** A secret or an id: printable ASCII without spaces, as it goes into a header or an address. */
const token = (max = 500) =>
  z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' })
    .max(max)
/** A header's value. */
const headerValue = z
  .string()
  .trim()
  .regex(/^[\x20-\x7e]+$/, { error: 'must be printable ASCII' })
  .max(2_000)

const webhookSecret = z
  .string()
  .trim()
  .refine(isWebhookSecret, { error: `must be whsec_ and ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes in base64` })

function isWebhookSecret(text: string): boolean {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  if (encoded === undefined) return false
  const bytes = Math.floor((encoded.replace(/=+$/, '').length * 3) / 4)
  return bytes >= SECRET_BYTES.min && bytes <= SECRET_BYTES.max
}

/** A browser's subscription, as `PushSubscription.toJSON()` gives it. */
export const pushTargetSchema = z.strictObject({
  endpoint: address,
  keys: z.strictObject({
    /** An uncompressed point of the curve P-256: 65 bytes. */
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/, { error: 'must be 65 bytes in base64url' }),
    /** 16 bytes. */
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}(==)?$/, { error: 'must be 16 bytes in base64url' }),
  }),
})
export type PushTarget = z.infer<typeof pushTargetSchema>

/**
 * A person fills in nothing. The hub adds the subscriptions of all browsers when it sends, and removes those that are missing in
 * the configuration of the outcome.
 */
export const webPushConfigSchema = z.strictObject({ subscriptions: z.array(pushTargetSchema).max(1_000).default([]) })
export const emailConfigSchema = z.strictObject({ to: z.array(z.email().max(254)).min(1).max(MAX_RECIPIENTS) })
export const webhookConfigSchema = z.strictObject({
  url: address,
  /** Without it the hub makes one before it stores the channel: `newWebhookSecret` in the hub. */
  secret: webhookSecret.optional(),
  previous_secret: webhookSecret.optional(),
  authorization: headerValue.optional(),
})
export const ntfyConfigSchema = z
  .strictObject({
    topic: z
      .string()
      .trim()
      .regex(/^[-_A-Za-z0-9]{1,64}$/, { error: 'must be 1 to 64 letters, digits, _ and -' }),
    server: address.optional(),
    token: token().optional(),
    user: identifierSchema().optional(),
    password: z.string().min(1).max(500).optional(),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), { error: 'user and password belong together' })
export const slackConfigSchema = z.strictObject({
  url: address,
  server: z.enum(['slack', 'mattermost', 'rocketchat']).optional(),
  channel: identifierSchema(100).optional(),
})
export const discordConfigSchema = z.strictObject({
  url: address.refine((text) => URL.canParse(text) && /\/webhooks\/\d+\/[^/]+\/?$/.test(new URL(text).pathname), {
    error: 'must be the address of a webhook, …/webhooks/<number>/<token>',
  }),
  thread_id: z
    .string()
    .trim()
    .regex(/^\d{1,20}$/, { error: 'must be a number' })
    .optional(),
})
export const telegramConfigSchema = z.strictObject({
  bot_token: z
    .string()
    .trim()
    .regex(/^\d{1,20}:[A-Za-z0-9_-]{20,100}$/, { error: 'must be a number, a colon and the token' }),
  chat_id: z
    .string()
    .trim()
    .regex(/^(-?\d{1,20}|@[A-Za-z0-9_]{4,64})$/, { error: 'must be a number or @name' }),
  topic_id: z
    .string()
    .trim()
    .regex(/^\d{1,10}$/, { error: 'must be a number' })
    .optional(),
  server: address.optional(),
})
export const pagerdutyConfigSchema = z.strictObject({
  routing_key: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{32}$/, { error: 'must be 32 letters and digits' }),
  region: z.enum(['us', 'eu']).optional(),
})
export const matrixConfigSchema = z.strictObject({
  server: address,
  access_token: token(),
  room_id: z
    .string()
    .trim()
    .regex(/^![\x21-\x7e]{1,254}$/, { error: 'must be the internal id of a room, which begins with !' }),
})
export const teamsConfigSchema = z.strictObject({ url: address })
export const pushoverConfigSchema = z.strictObject({
  app_token: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{30}$/, { error: 'must be 30 letters and digits' }),
  user_key: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{30}$/, { error: 'must be 30 letters and digits' }),
  device: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{1,25}$/, { error: 'must be 1 to 25 letters, digits, _ and -' })
    .optional(),
  emergency: z.boolean().optional(),
  retry_s: z.int().min(30).max(10_800).optional(),
  expire_s: z.int().min(30).max(10_800).optional(),
})
export const desktopConfigSchema = z.strictObject({ machine_id: identifierSchema().optional() })
export const appriseConfigSchema = z
  .strictObject({
    url: address,
    config_key: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_-]{1,128}$/, { error: 'must be 1 to 128 letters, digits, _ and -' })
      .optional(),
    urls: z.array(token(2_000)).min(1).max(MAX_RECIPIENTS).optional(),
    tags: z
      .string()
      .trim()
      .regex(/^[-\w ,]{1,200}$/, { error: 'must be letters, digits, _, - with spaces or commas between tags' })
      .optional(),
  })
  .refine(({ config_key, urls }) => (config_key === undefined) !== (urls === undefined), { error: 'needs either config_key or urls' })
  .refine(({ urls, tags }) => urls === undefined || tags === undefined, { error: 'tags need config_key' })

export const channelConfigSchemas = {
  web_push: webPushConfigSchema,
  email: emailConfigSchema,
  webhook: webhookConfigSchema,
  ntfy: ntfyConfigSchema,
  slack: slackConfigSchema,
  discord: discordConfigSchema,
  telegram: telegramConfigSchema,
  pagerduty: pagerdutyConfigSchema,
  matrix: matrixConfigSchema,
  teams: teamsConfigSchema,
  pushover: pushoverConfigSchema,
  desktop: desktopConfigSchema,
  apprise: appriseConfigSchema,
} as const satisfies Record<ChannelKindName, z.ZodType>

export type ChannelConfigs = { [Kind in ChannelKindName]: z.infer<(typeof channelConfigSchemas)[Kind]> }
export type WebPushConfig = ChannelConfigs['web_push']
export type EmailConfig = ChannelConfigs['email']
export type WebhookConfig = ChannelConfigs['webhook']
export type NtfyConfig = ChannelConfigs['ntfy']
export type SlackConfig = ChannelConfigs['slack']
export type DiscordConfig = ChannelConfigs['discord']
export type TelegramConfig = ChannelConfigs['telegram']
export type PagerdutyConfig = ChannelConfigs['pagerduty']
export type MatrixConfig = ChannelConfigs['matrix']
export type TeamsConfig = ChannelConfigs['teams']
export type PushoverConfig = ChannelConfigs['pushover']
export type DesktopConfig = ChannelConfigs['desktop']
export type AppriseConfig = ChannelConfigs['apprise']
