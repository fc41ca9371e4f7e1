import { z } from 'zod'
import { attemptOutcomes, messageSchema, receiptSchema, snoozeSchema } from './alert.ts'
import { alertSources } from './alert-rule.ts'
import { channelStates } from './alert-severity.ts'
import { channelKinds } from './channel-kind.ts'
import { listQueryShape } from './list.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant, timezoneSchema } from './time.ts'

export const MAX_CHANNELS = 200

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'is not a time of day such as 22:00' })

/** Hours in which nothing is sent; they may go over midnight. At their end one message says what is still open. */
export const quietHoursSchema = z
  .strictObject({
    from: timeOfDay,
    /** The same as `from`: the whole day. */
    to: timeOfDay,
    /** The days on which they begin; absent: every day. */
    days: z.array(z.enum(weekdays)).min(1).max(7).optional(),
    zone: timezoneSchema,
  })
  .meta({ id: 'QuietHours', examples: [{ from: '22:00', to: '07:00', zone: 'Europe/Berlin' }] })
export type QuietHours = z.infer<typeof quietHoursSchema>

/** What is sent in quiet hours all the same. */
export const letsThroughValues = ['critical', 'none'] as const

/** A way to a person. */
export const channelSchema = z
  .object({
    channel_id: z.string(),
    kind: z.enum(channelKinds),
    name: z.string(),
    /** See `channel-config.ts`; each kind has its own. Secrets are shown by their first characters and `…`. */
    config: z.record(z.string(), z.unknown()),
    quiet_hours: z.array(quietHoursSchema),
    lets_through: z.enum(letsThroughValues),
    /** Its messages have links that answer a session or raise a budget, once, for anyone who reads them. */
    action_links: z.boolean(),
    state: z.enum(channelStates),
    state_since: instant,
    /** Its messages are held until then. */
    snoozed_until: instant.optional(),
    last_sent_at: instant.optional(),
    last_error: z.object({ at: instant, reason: z.string(), status: z.int().optional() }).optional(),
    /** Notices that are not sent yet. */
    waiting: z.int(),
    source: z.enum(alertSources),
    created_at: instant,
    updated_at: instant,
    /** Incremented by every change; sent as the `ETag`. */
    revision: z.int(),
  })
  .meta({
    id: 'Channel',
    examples: [
      {
        channel_id: 'c_3f9a1c20b7d4',
        kind: 'slack',
        name: 'Team',
        config: { url: 'https://hooks.slack.com/services/T0…' },
        quiet_hours: [{ from: '22:00', to: '07:00', zone: 'Europe/Berlin' }],
        lets_through: 'critical',
        action_links: false,
        state: 'ok',
        state_since: '2026-10-06T09:12:00.000Z',
        waiting: 0,
        source: 'user',
        created_at: '2026-10-06T09:12:00.000Z',
        updated_at: '2026-10-06T09:12:00.000Z',
        revision: 1,
      },
    ],
  })
export type Channel = z.infer<typeof channelSchema>

const settable = {
  name: identifierSchema(100),
  /** A secret that is left out, or sent as it was shown, stays as it is. */
  config: z.record(z.string().max(100), z.unknown()),
  quiet_hours: z.array(quietHoursSchema).max(20),
  lets_through: z.enum(letsThroughValues),
  action_links: z.boolean(),
  enabled: z.boolean(),
}

export const createChannelSchema = z
  .strictObject({
    kind: z.enum(channelKinds),
    name: settable.name,
    config: settable.config,
    quiet_hours: settable.quiet_hours.default([]),
    lets_through: settable.lets_through.default('critical'),
    action_links: settable.action_links.default(false),
    enabled: settable.enabled.default(true),
  })
  .meta({ id: 'CreateChannel', examples: [{ kind: 'ntfy', name: 'Phone', config: { topic: 'signalbox' } }] })
export type CreateChannel = z.input<typeof createChannelSchema>

/** The only response with a secret that the hub has made, such as the signing secret of a webhook. */
export const createdChannelSchema = channelSchema.extend({ secret: z.string().optional() }).meta({ id: 'CreatedChannel' })
export type CreatedChannel = z.infer<typeof createdChannelSchema>

/** Absent properties stay as they are. Saving a broken channel lets it try again. */
export const changeChannelSchema = z
  .strictObject(settable)
  .partial()
  .meta({ id: 'ChangeChannel', examples: [{ enabled: false }] })
export type ChangeChannel = z.input<typeof changeChannelSchema>

export const testChannelSchema = z
  .strictObject({
    kind: z.enum(channelKinds),
    config: settable.config,
    /** What it will be called; it changes nothing. */
    name: settable.name.optional(),
    /** Secrets that `config` leaves out are those of this channel. */
    channel_id: z.string().max(200).optional(),
  })
  .meta({ id: 'TestChannel', examples: [{ kind: 'ntfy', config: { topic: 'signalbox' } }] })
export type TestChannel = z.input<typeof testChannelSchema>

export const channelTestSchema = z
  .object({
    outcome: z.enum(attemptOutcomes),
    status: z.int().optional(),
    /** At most 200 characters of what the peer answered. */
    said: z.string().optional(),
    /** Why it was not accepted. */
    reason: z.string().optional(),
    ms: z.int(),
    receipt: receiptSchema.optional(),
  })
  .meta({ id: 'ChannelTest', examples: [{ outcome: 'sent', status: 200, ms: 212 }] })
export type ChannelTest = z.infer<typeof channelTestSchema>

const channelParams = z.strictObject({ channel_id: z.string().min(1).max(200) })

export const channelRoutes = {
  list: route({
    method: 'GET',
    path: '/api/channels',
    access: 'read',
    summary: 'List channels',
    description: `By name; at most ${MAX_CHANNELS}. Secrets are not part of it; without the scope \`admin\` \`config\` is empty.`,
    responses: { 200: z.array(channelSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/api/channels',
    access: 'admin',
    summary: 'Create a channel',
    description: 'A secret that the hub makes is part of this response only.',
    body: createChannelSchema,
    responses: { 201: createdChannelSchema },
  }),
  testNew: route({
    method: 'POST',
    path: '/api/channels/test',
    access: 'admin',
    summary: 'Test a channel before it is saved',
    description: 'Sends one message and waits for its outcome, at most 15 s.',
    body: testChannelSchema,
    responses: { 200: channelTestSchema },
  }),
  read: route({
    method: 'GET',
    path: '/api/channels/:channel_id',
    access: 'read',
    summary: 'Retrieve a channel',
    params: channelParams,
    responses: { 200: channelSchema },
  }),
  change: route({
    method: 'PUT',
    path: '/api/channels/:channel_id',
    access: 'admin',
    summary: 'Change a channel',
    description:
      'Absent properties and secrets stay. Send `If-Match` to change it only while it has the revision you saw. 409 for a channel of ALERTS_FILE.',
    params: channelParams,
    body: changeChannelSchema,
    responses: { 200: channelSchema },
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/channels/:channel_id',
    access: 'admin',
    summary: 'Remove a channel',
    description: 'What waits for it is dropped. 409 for a channel of ALERTS_FILE.',
    params: channelParams,
    responses: { 204: z.undefined() },
  }),
  test: route({
    method: 'POST',
    path: '/api/channels/:channel_id/test',
    access: 'admin',
    summary: 'Test a channel',
    description: 'Sends one message and waits for its outcome, at most 15 s. A broken channel that accepts it is in order again.',
    params: channelParams,
    responses: { 200: channelTestSchema },
  }),
  messages: route({
    method: 'GET',
    path: '/api/channels/:channel_id/messages',
    access: 'read',
    summary: 'List the messages of a channel',
    description: 'Newest first, with their attempts. The headers `X-Total-Count` and `Link` describe the pages.',
    params: channelParams,
    query: z.strictObject(listQueryShape),
    responses: { 200: z.array(messageSchema) },
  }),
  snooze: route({
    method: 'POST',
    path: '/api/channels/:channel_id/snooze',
    access: 'write',
    summary: 'Snooze a channel',
    description: 'Holds all its messages.',
    params: channelParams,
    body: snoozeSchema,
    responses: { 200: channelSchema },
  }),
  endSnooze: route({
    method: 'DELETE',
    path: '/api/channels/:channel_id/snooze',
    access: 'write',
    summary: 'End the snooze of a channel',
    params: channelParams,
    responses: { 200: channelSchema },
  }),
}
