import { randomBytes } from 'node:crypto'
import { type ChannelTest, channelRoutes, MAX_CHANNELS } from '@signalbox/contract/channel'
import { channelConfigSchemas } from '@signalbox/contract/channel-config'
import { keepSecrets } from '@signalbox/contract/channel-field'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Message } from '../alert/channel/channel-kind.ts'
import { newWebhookSecret } from '../alert/channel/webhook.ts'
import { refusedAddress } from '../alert/channel-addresses.ts'
import { changeChannel, inState } from '../alert/channel-change.ts'
import type { AnyConfig } from '../alert/channel-secrets.ts'
import { releaseChannel } from '../alert/release.ts'
import { namedChannels } from '../alert/rule-channels.ts'
import { shownChannel, shownMessage } from '../alert/shown.ts'
import { auditEntry } from '../http/audit.ts'
import { readIfMatch, sendRevision } from '../http/etag.ts'
import { newId, toChange } from '../http/idempotency.ts'
import { readPage, sendPage } from '../http/list.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { ChannelRecord } from '../store/alert.ts'
import type { NewAuditEntry } from '../store/audit-entry.ts'
import { endOf, mayReadAnswers, onlyIfDone } from './alert.ts'

/** A test waits for its outcome for so long, in milliseconds. */
const TEST_TIMEOUT_MS = 15_000
/** Of the request: longer, so that the outcome is its answer. */
const TEST_REQUEST_TIMEOUT_MS = 20_000

export function channel({ app, store, clock, alerts }: RouteContext): void {
  serve(app, channelRoutes.list, async ({ request }) => {
    const channels = await store.alerts.channels()
    const waiting = new Map(
      (await store.alerts.waitingOf(channels.map((one) => one.channel_id))).map((one) => [one.channel_id, one.notices]),
    )
    return channels.sort((a, b) => a.name.localeCompare(b.name)).map((one) => shown(one, request, waiting.get(one.channel_id) ?? 0))
  })

  serve(app, channelRoutes.create, async ({ body: { kind, config, enabled, ...fields }, request, reply }) => {
    const now = clock.now()
    const others = await store.alerts.channels()
    if (others.length >= MAX_CHANNELS) {
      throw new HubError('conflict', `There are ${MAX_CHANNELS} channels, and that is the limit`, { suggestion: 'Remove some.' })
    }
    const change = toChange(request, reply, now)
    const channel_id = change.idempotency === undefined ? `c_${randomBytes(6).toString('hex')}` : `c_${newId(change, 'channel')}`
    requireFreeName(fields.name, others, channel_id)
    const secret = kind === 'webhook' && config.secret === undefined ? newWebhookSecret() : undefined
    const checked = requireConfig(kind, secret === undefined ? config : { ...config, secret })
    requireAddresses(kind, checked)
    const made: ChannelRecord = {
      channel_id,
      kind,
      ...fields,
      config: alerts.secrets.sealConfig(channel_id, checked),
      state: enabled ? 'ok' : 'off',
      state_since: now,
      source: 'user',
      created_at: now,
      updated_at: now,
      revision: 1,
    }
    const audit = onlyIfDone(() => auditEntry(request, 'channel.created', { channel_id, kind, name: fields.name }))
    await store.alerts.putChannel(made, { ...change, audit })
    await alerts.address.note(app.ownAddress.url(request))
    alerts.changed()
    const stored = (await store.alerts.findChannel(channel_id)) ?? made
    sendRevision(reply, stored.revision)
    reply.code(201).header('location', `${app.ownAddress.basePath(request)}/api/channels/${channel_id}`)
    return { ...shown(stored, request, 0), ...(secret === undefined || change.idempotency?.replayed ? {} : { secret }) }
  })

  serve(app, channelRoutes.read, async ({ params, request, reply }) => {
    const found = await find(params.channel_id)
    sendRevision(reply, found.revision)
    return shown(found, request, await waitingFor(found.channel_id))
  })

  serve(app, channelRoutes.change, async ({ params, body: { config, enabled, ...body }, request, reply }) => {
    const now = clock.now()
    const known = await find(params.channel_id)
    requireOwn(known)
    // Channels that had one name before can still be changed.
    if (body.name !== undefined && !isSameName(body.name, known.name)) {
      requireFreeName(body.name, await store.alerts.channels(), known.channel_id)
    }
    const given = config === undefined ? undefined : requireConfig(known.kind, withKnownSecrets(known.kind, config, openOrNone(known)))
    if (given !== undefined) requireAddresses(known.kind, given)
    const fields = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Partial<ChannelRecord>
    const details = {
      channel_id: known.channel_id,
      changed: Object.keys({ config, enabled, ...body }).filter((name) => name in (request.body as object)),
    }
    return change(
      params.channel_id,
      request,
      reply,
      () => auditEntry(request, 'channel.changed', details),
      (one) => {
        const sealed = given === undefined ? {} : { config: alerts.secrets.sealConfig(one.channel_id, given) }
        const next: ChannelRecord = { ...one, ...fields, ...sealed, updated_at: now }
        if (enabled === false) return inState(next, 'off', now)
        // Saved anew, it tries again.
        return enabled === true || one.state !== 'off' ? inState(next, 'ok', now) : next
      },
    )
  })

  serve(app, channelRoutes.remove, async ({ params, request, reply }): Promise<Sent> => {
    const found = await find(params.channel_id)
    requireOwn(found)
    requireRevision(found, readIfMatch(request))
    const { channel_id, kind, name } = found
    await requireUnnamed(channel_id)
    const audit = onlyIfDone(() => auditEntry(request, 'channel.removed', { channel_id, kind, name }))
    // Its revision changes with each message: only what the caller has seen is compared.
    let { revision } = found
    while (!(await store.alerts.removeChannel(channel_id, revision, { now: clock.now(), audit }))) {
      revision = (await find(channel_id)).revision
    }
    for (;;) {
      const waiting = await store.alerts.waiting(channel_id, Number.MAX_SAFE_INTEGER, 5_000)
      if (waiting.length === 0) break
      await store.alerts.drop(
        waiting.map(({ notice_id }) => notice_id),
        'The channel was removed',
      )
    }
    await wakeMessages(channel_id)
    alerts.changed()
    reply.code(204).send()
    return sent
  })

  serve(
    app,
    channelRoutes.testNew,
    async ({ body: { kind, config, channel_id }, request }) => {
      const known = channel_id === undefined ? undefined : await find(channel_id)
      const whole = known?.kind === kind ? withKnownSecrets(kind, config, openOrNone(known)) : config
      const secret = kind === 'webhook' && whole.secret === undefined ? { secret: newWebhookSecret() } : {}
      const checked = requireConfig(kind, { ...whole, ...secret })
      await recordTest(request, { kind, ...(channel_id === undefined ? {} : { channel_id }) })
      return test(kind, checked)
    },
    { timeout: TEST_REQUEST_TIMEOUT_MS },
  )

  serve(
    app,
    channelRoutes.test,
    async ({ params, request }) => {
      const found = await find(params.channel_id)
      await recordTest(request, { channel_id: found.channel_id, kind: found.kind })
      const result = await test(found.kind, await alerts.secrets.configToSend(found))
      if (result.outcome === 'sent' && (found.state === 'broken' || found.state === 'failing')) await mend(found.channel_id)
      return result
    },
    { timeout: TEST_REQUEST_TIMEOUT_MS },
  )

  serve(app, channelRoutes.messages, async ({ params, query, request, reply }) => {
    await find(params.channel_id)
    const page = readPage(query, 'newest')
    const found = await store.alerts.messages(params.channel_id, page.range)
    const rows = sendPage(request, reply, page, found, ({ created_at, message_id }) => ({ at: created_at, id: message_id }))
    return rows.map((message) => shownMessage(message, mayReadAnswers(request)))
  })

  serve(app, channelRoutes.snooze, ({ params, body, request, reply }) => {
    const until = endOf(body, clock.now())
    const audit = () => auditEntry(request, 'channel.changed', { channel_id: params.channel_id, changed: ['snoozed_until'] })
    return change(params.channel_id, request, reply, audit, (one) => ({ ...one, snoozed_until: until }))
  })
  serve(app, channelRoutes.endSnooze, ({ params, request, reply }) => {
    const audit = () => auditEntry(request, 'channel.changed', { channel_id: params.channel_id, changed: ['snoozed_until'] })
    return change(params.channel_id, request, reply, audit, ({ snoozed_until: _, ...one }) => one)
  })

  /** @throws HubError `validation_error` for an address to which nothing would be sent */
  function requireAddresses(kind: ChannelKindName, config: AnyConfig): void {
    const refused = refusedAddress(kind, config, alerts.refusalOfAddress)
    if (refused === undefined) return
    const field = `config.${refused.field}`
    throw new HubError('validation_error', `${field}: ${refused.reason}`, {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      details: { field, problems: [{ field, message: refused.reason }] },
    })
  }

  /** A rule of ALERTS_FILE that names a channel which is not there would keep the hub from starting. */
  async function requireUnnamed(id: string): Promise<void> {
    const rule = (await store.alerts.rules()).find(
      (one) => one.source === 'file' && namedChannels(one).some(({ channel_id }) => channel_id === id),
    )
    if (rule === undefined) return
    throw new HubError('conflict', `The rule ${rule.rule_id} of ALERTS_FILE names this channel`, {
      suggestion: 'Take the channel out of the file first, and start the hub again.',
    })
  }

  async function find(id: string): Promise<ChannelRecord> {
    const found = await store.alerts.findChannel(id)
    if (found !== undefined) return found
    throw new HubError('not_found', `There is no channel ${id}`, { suggestion: 'GET /api/channels lists the channels there are.' })
  }

  async function change(
    id: string,
    request: FastifyRequest,
    reply: FastifyReply,
    audit: () => NewAuditEntry,
    apply: (channel: ChannelRecord) => ChannelRecord,
  ) {
    const wanted = readIfMatch(request)
    const changed = await changeChannel(store.alerts, id, { now: clock.now(), audit: onlyIfDone(audit) }, (one) => {
      requireRevision(one, wanted)
      return apply(one)
    })
    if (changed === undefined) return shown(await find(id), request, 0)
    await wakeMessages(id)
    alerts.changed()
    sendRevision(reply, changed.revision)
    return shown(changed, request, await waitingFor(id))
  }

  async function mend(id: string): Promise<void> {
    const now = clock.now()
    await changeChannel(store.alerts, id, { now }, (one) => (one.state === 'off' ? undefined : inState(one, 'ok', now)))
    await wakeMessages(id)
    alerts.changed()
  }

  /** What waited for a broken or removed channel is looked at now. */
  async function wakeMessages(id: string): Promise<void> {
    await releaseChannel(store.alerts, id, clock.now())
  }

  async function test(kind: ChannelKindName, config: AnyConfig): Promise<ChannelTest> {
    const began = performance.now()
    const outcome = await alerts.sender.try({ kind }, config, testMessage(await alerts.address.url()), TEST_TIMEOUT_MS)
    const receipt = 'receipt' in outcome ? outcome.receipt : undefined
    return {
      outcome: outcome.outcome,
      ...(receipt?.status === undefined ? {} : { status: receipt.status }),
      ...(receipt?.said === undefined ? {} : { said: receipt.said }),
      ...('reason' in outcome ? { reason: outcome.reason } : {}),
      ms: Math.round(performance.now() - began),
      ...(receipt === undefined ? {} : { receipt }),
    }
  }

  async function recordTest(request: FastifyRequest, details: Record<string, unknown>): Promise<void> {
    await store.audit.append(auditEntry(request, 'channel.tested', details), { now: clock.now() })
  }

  function shown(one: ChannelRecord, request: FastifyRequest, waiting: number) {
    const withAnswers = mayReadAnswers(request)
    return shownChannel(one, withAnswers ? openOrNone(one) : undefined, waiting, withAnswers)
  }

  /** What was sealed with another key is not shown; the channel can be set up again. */
  function openOrNone(one: ChannelRecord): Record<string, unknown> | undefined {
    try {
      return alerts.secrets.openConfig(one) as Record<string, unknown>
    } catch {
      return undefined
    }
  }

  async function waitingFor(id: string): Promise<number> {
    return (await store.alerts.waitingOf([id]))[0]?.notices ?? 0
  }
}

/** @throws HubError `validation_error` where the address changes and the secrets are not given anew */
function withKnownSecrets(
  kind: ChannelKindName,
  config: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> {
  if (known === undefined) return { ...config }
  const kept = keepSecrets(kind, config, known)
  if ('config' in kept) return kept.config as Record<string, unknown>
  const [first] = kept.missing
  const message = 'must be given anew, because the address has changed'
  throw new HubError('validation_error', `config.${first}: ${message}`, {
    apiCode: 'VALIDATION_MISSING_FIELD',
    details: {
      field: `config.${first}`,
      problems: kept.missing.map((name) => ({ field: `config.${name}`, message })),
    },
  })
}

function requireConfig(kind: ChannelKindName, config: Readonly<Record<string, unknown>>): AnyConfig {
  const checked = channelConfigSchemas[kind].safeParse(config)
  if (checked.success) return checked.data
  const problems = checked.error.issues.map(({ path, message }) => ({ field: ['config', ...path].join('.'), message }))
  const [first] = problems
  throw new HubError('validation_error', `${first?.field}: ${first?.message}`, {
    apiCode: 'VALIDATION_OUT_OF_RANGE',
    details: { field: first?.field, problems },
  })
}

function testMessage(address: string | undefined): Message {
  const id = randomBytes(32).toString('hex')
  return {
    id,
    title: 'Signalbox: this channel works',
    items: [],
    more: 0,
    severity: 'info',
    notes: ['This is a test. Alerts will arrive here.'],
    may_be_repeat: false,
    test: true,
    ...(address === undefined ? {} : { url: `${address}/app/alerts` }),
  }
}

/** As the command line finds a channel by its name. */
function isSameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase()
}

/** @param id of the channel that gets the name: one that is there already is asked for again. @throws HubError `conflict` */
function requireFreeName(name: string, channels: readonly ChannelRecord[], id: string): void {
  const taken = channels.find((one) => one.channel_id !== id && isSameName(one.name, name))
  if (taken === undefined || channels.some((one) => one.channel_id === id && isSameName(one.name, name))) return
  throw new HubError('conflict', `There is a channel named ${taken.name} already`, {
    suggestion: 'Choose another name: lists and receipts show channels by their names.',
    details: { field: 'name', channel_id: taken.channel_id },
  })
}

function requireOwn({ source, channel_id }: ChannelRecord): void {
  if (source !== 'file') return
  throw new HubError('conflict', `The channel ${channel_id} is of ALERTS_FILE`, { suggestion: 'Change it there, and restart the hub.' })
}

function requireRevision({ revision }: ChannelRecord, wanted: number | undefined): void {
  if (wanted === undefined || wanted === revision) return
  throw new HubError('precondition_failed', `The channel is at revision ${revision}, not ${wanted}`, {
    suggestion: 'Read the channel again and decide again.',
    details: { revision },
  })
}
