import { setTimeout as sleep } from 'node:timers/promises'
import type { AttemptOutcome } from '@signalbox/contract/alert'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { Clock } from '../clock.ts'
import { HubError, isStoreOutage } from '../hub-error.ts'
import type { Logger } from '../log.ts'
import { type AlertStore, type AttemptRecord, type ChannelRecord, MAX_ATTEMPTS, type MessageRecord } from '../store/alert.ts'
import { freeAt, taken } from './bucket.ts'
import type { ChannelKind, SendOutcome, Wire } from './channel/channel-kind.ts'
import { changeChannel, inState } from './channel-change.ts'
import type { AnyConfig, ChannelSecrets } from './channel-secrets.ts'
import { NOTICE_LIFETIME_MS } from './hold.ts'
import { subscriptionId } from './push.ts'
import { mayBeRepeat, retryWait } from './retry.ts'

export const SEND_TIMEOUT_MS = 10_000
/** After this an attempt without an outcome counts as interrupted: its hub is dead, or stood still. */
export const SEND_LEASE_MS = 20_000
/** Messages that are being sent at the same time, one for each channel. */
const MAX_SENDING = 4
/** How long attempts in progress may take while the hub stops. */
const CLOSE_TIMEOUT_MS = 2_000
/** While the store is away, the outcome of an attempt waits in memory; it is tried again so often. */
const SETTLE_RETRY_MS = 500

/** Measures what is sent. */
export interface SendObserver {
  /** One attempt has ended. */
  attempted(channel: ChannelKindName, outcome: AttemptOutcome): void
  /** @param ms from what an alert reports until its first message was accepted */
  delivered(ms: number): void
}

export interface SenderOptions {
  readonly store: AlertStore
  readonly secrets: ChannelSecrets
  readonly kindOf: (kind: ChannelKindName) => ChannelKind<never>
  readonly wire: Wire
  readonly clock: Clock
  readonly logger: Logger
  /** Names this process among the hubs of one store. */
  readonly hub: string
  readonly random?: () => number
  /** Called when a message has left, or has not: another one may follow. */
  readonly onSettled: () => void
  readonly observer?: SendObserver | undefined
}

/** Sends sealed messages: takes one, sends it, and settles its outcome, each step durable before the next. */
export class Sender {
  readonly #options: SenderOptions
  /** By channel. */
  readonly #sending = new Map<string, Promise<void>>()
  readonly #stop = new AbortController()
  #closing = false

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Whether another message may be taken for a channel. */
  isFree(channelId: string): boolean {
    return this.#sending.size < MAX_SENDING && !this.#sending.has(channelId)
  }

  isSending(channelId: string): boolean {
    return this.#sending.has(channelId)
  }

  /** Takes a sealed message and sends it in the background. @returns false where another hub was faster, or it has to wait */
  async start(message: MessageRecord, channel: ChannelRecord): Promise<boolean> {
    const { store, clock, hub } = this.#options
    const kind = this.#options.kindOf(channel.kind)
    if (this.#closing || !this.isFree(channel.channel_id)) return false
    const now = clock.now()
    const free = freeAt(channel.bucket, kind.rate, now)
    if (free > now) {
      await store.putMessage({ ...message, next_at: free, revision: message.revision + 1 })
      return false
    }
    const n = (message.attempts.at(-1)?.n ?? 0) + 1
    const attempts = [...message.attempts, { n, started_at: now, hub }].slice(-MAX_ATTEMPTS)
    const sending: MessageRecord = {
      ...message,
      state: 'sending',
      attempts,
      may_be_repeat: message.may_be_repeat || mayBeRepeat(channel.kind, kind.repeat, message.attempts, now),
      next_at: now + SEND_LEASE_MS,
      revision: message.revision + 1,
    }
    // Taken in memory first: nothing else may start for this channel while the store answers.
    let settled: () => void = () => {}
    this.#sending.set(channel.channel_id, new Promise((resolve) => (settled = resolve)))
    const end = () => {
      this.#sending.delete(channel.channel_id)
      settled()
      this.#options.onSettled()
    }
    try {
      if (!(await store.putMessage(sending))) {
        end()
        return false
      }
      await changeChannel(store, channel.channel_id, { now }, (one) => ({ ...one, bucket: taken(one.bucket, kind.rate, now) }))
    } catch (error) {
      end()
      throw error
    }
    void this.#send(sending, channel, kind).finally(end)
    return true
  }

  /** Sends a message of a trial, with one attempt, beside all others. */
  async try(
    channel: Pick<ChannelRecord, 'kind'>,
    config: AnyConfig,
    message: Parameters<ChannelKind<never>['send']>[0],
    timeoutMs = SEND_TIMEOUT_MS,
  ): Promise<SendOutcome<AnyConfig> | { readonly outcome: 'unknown'; readonly reason: string }> {
    return this.#attempt(this.#options.kindOf(channel.kind), message, config, timeoutMs)
  }

  /** Interrupted attempts of a hub that is gone: their outcome is unknown. */
  async interrupted(message: MessageRecord, now: number): Promise<void> {
    const { store } = this.#options
    const attempts = closeAttempt(message.attempts, { ended_at: now, outcome: 'unknown', reason: 'The hub ended while it sent' })
    await store.putMessage({ ...message, state: 'sealed', attempts, next_at: now, revision: message.revision + 1 })
  }

  /** Waits for the attempts in progress. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#sending.values())
  }

  /** Lets the attempts in progress end for a moment, then ends them, and waits until their outcome is stored. */
  async close(): Promise<void> {
    this.#closing = true
    const ended = Promise.allSettled(this.#sending.values())
    await Promise.race([ended, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })])
    this.#stop.abort()
    await ended
  }

  async #send(message: MessageRecord, channel: ChannelRecord, kind: ChannelKind<never>): Promise<void> {
    const { logger, secrets } = this.#options
    const { content, message_id, may_be_repeat } = message
    let outcome: Awaited<ReturnType<Sender['try']>>
    try {
      const config = await secrets.configToSend(channel)
      outcome = await this.#attempt(kind, { ...content!, id: message_id, may_be_repeat }, config, SEND_TIMEOUT_MS)
    } catch (error) {
      if (isStoreOutage(error)) outcome = { outcome: 'failed', reason: 'The hub database did not answer' }
      else {
        const reason = error instanceof HubError ? error.message : 'The hub could not build the message'
        if (!(error instanceof HubError)) logger.error({ err: error, channel_id: channel.channel_id }, 'a message could not be built')
        outcome = { outcome: 'refused', reason }
      }
    }
    this.#observe(message, channel.kind, outcome.outcome)
    await this.#settleSurely(message, channel, outcome)
  }

  #observe({ content }: MessageRecord, kind: ChannelKindName, outcome: AttemptOutcome): void {
    const { observer, clock } = this.#options
    observer?.attempted(kind, outcome)
    if (outcome !== 'sent') return
    const now = clock.now()
    for (const { what, occurred_at } of content?.items ?? []) if (what === 'opened') observer?.delivered(now - occurred_at)
  }

  async #attempt(
    kind: ChannelKind<never>,
    message: Parameters<ChannelKind<never>['send']>[0],
    config: AnyConfig,
    timeoutMs: number,
  ): Promise<Awaited<ReturnType<Sender['try']>>> {
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = AbortSignal.any([timeout, this.#stop.signal])
    try {
      return await kind.send(message, config as never, this.#options.wire, signal)
    } catch (error) {
      if (!signal.aborted) throw error
      // It may have arrived.
      return { outcome: 'unknown', reason: timeout.aborted ? 'No answer within 10 s' : 'The hub was stopped while it sent' }
    }
  }

  /** An outcome is not lost while the store is away; killed meanwhile, it is unknown. */
  async #settleSurely(message: MessageRecord, channel: ChannelRecord, outcome: Awaited<ReturnType<Sender['try']>>): Promise<void> {
    const { logger } = this.#options
    let failing = false
    for (;;) {
      try {
        await this.#settle(message, channel, outcome)
        return
      } catch (error) {
        if (!isStoreOutage(error)) {
          logger.error({ err: error, message_id: message.message_id }, 'the outcome of a message could not be stored')
          return
        }
        if (!failing) logger.warn({ message_id: message.message_id }, 'the outcome of a message waits for the hub database')
        failing = true
        if (this.#stop.signal.aborted) return
        await sleep(SETTLE_RETRY_MS)
      }
    }
  }

  async #settle(message: MessageRecord, channel: ChannelRecord, outcome: Awaited<ReturnType<Sender['try']>>): Promise<void> {
    const { store, clock, random = Math.random } = this.#options
    const now = clock.now()
    const reason = 'reason' in outcome ? outcome.reason : undefined
    const receipt = 'receipt' in outcome ? outcome.receipt : undefined
    const attempts = closeAttempt(message.attempts, {
      ended_at: now,
      outcome: outcome.outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(receipt === undefined ? {} : { receipt }),
    })
    const settled = { ...message, attempts, revision: message.revision + 1 }
    const id = channel.channel_id
    if (outcome.outcome === 'sent') {
      // Its notices follow; a hub that dies in between leaves `next_at`, by which another one finds it.
      const sent: MessageRecord = { ...settled, state: 'sent', sent_at: now, next_at: now, receipt: outcome.receipt }
      if (!(await store.putMessage(sent))) return
      await changeChannel(store, id, { now }, (one) => ({
        ...withoutTrouble(one.state === 'off' ? one : inState(one, 'ok', now)),
        last_sent_at: now,
      }))
      await this.#keepConfig(channel, outcome.config, now)
      if (channel.kind === 'web_push') await this.#noteSubscriptions(now)
      await this.finish(sent)
      return
    }
    const error = { at: now, reason: reason ?? 'unknown', ...(receipt?.status === undefined ? {} : { status: receipt.status }) }
    if (outcome.outcome === 'refused') {
      // It waits until someone mends the channel.
      if (!(await store.putMessage({ ...settled, state: 'sealed', next_at: undefined }))) return
      await changeChannel(store, id, { now }, (one) => ({
        ...(one.state === 'off' ? one : inState({ ...one, last_error: error }, 'broken', now)),
        last_error: error,
        failing_since: one.failing_since ?? now,
      }))
      if (channel.kind === 'web_push')
        await this.#keepConfig(channel, 'gone' in outcome && outcome.gone ? { subscriptions: [] } : undefined, now)
      return
    }
    const failures = attempts.filter((one) => one.outcome !== 'sent').length
    const retryAfter = 'retry_after_ms' in outcome ? outcome.retry_after_ms : undefined
    const next_at = now + retryWait(failures, retryAfter, random())
    if (!(await store.putMessage({ ...settled, state: 'sealed', next_at }))) return
    await changeChannel(store, id, { now }, (one) => ({
      ...(one.state === 'ok' ? inState({ ...one, last_error: error }, 'failing', now) : one),
      last_error: error,
      failing_since: one.failing_since ?? now,
    }))
  }

  /** A message is at its end: its notices share its fate. */
  async finish(message: MessageRecord): Promise<void> {
    const { store } = this.#options
    await store.settle(message.message_id, message.state === 'sent' ? 'sent' : 'dropped', message.reason)
    await store.putMessage({ ...message, next_at: undefined, revision: message.revision + 1 })
  }

  /** A message that was not accepted in a day is dropped, and the next one says so. */
  async drop(message: MessageRecord, reason: string, now: number, counts = true): Promise<void> {
    const { store } = this.#options
    const dropped: MessageRecord = { ...message, state: 'dropped', reason, next_at: now, revision: message.revision + 1 }
    if (!(await store.putMessage(dropped))) return
    if (counts) {
      await changeChannel(store, message.channel_id, { now }, (one) => ({
        ...one,
        lost: { count: (one.lost?.count ?? 0) + 1, newest_at: Math.max(message.created_at, one.lost?.newest_at ?? 0) },
      }))
    }
    await this.finish(dropped)
  }

  /** The browsers that are still subscribed have got it; accurate to the hour. */
  async #noteSubscriptions(now: number): Promise<void> {
    const { store } = this.#options
    for (const one of await store.subscriptions()) {
      if (now - (one.last_ok_at ?? 0) > 3_600_000) await store.putSubscription({ ...one, last_ok_at: now }, { now })
    }
  }

  /** The peer has moved, or some browsers are not subscribed any more. */
  async #keepConfig(channel: ChannelRecord, config: AnyConfig | undefined, now: number): Promise<void> {
    const { store, secrets } = this.#options
    if (config === undefined) return
    if (channel.kind !== 'web_push') {
      await changeChannel(store, channel.channel_id, { now }, (one) => ({ ...one, config: secrets.sealConfig(one.channel_id, config) }))
      return
    }
    const left = new Set(
      (config as { subscriptions: { endpoint: string }[] }).subscriptions.map(({ endpoint }) => subscriptionId(endpoint)),
    )
    for (const { subscription_id, created_at } of await store.subscriptions()) {
      // One that came while the message was sent has not got it, but is subscribed.
      const isNew = created_at > now - SEND_LEASE_MS
      if (!left.has(subscription_id) && !isNew) await store.removeSubscription(subscription_id, { now })
    }
  }
}

export function isOld(message: MessageRecord, now: number): boolean {
  return now - message.created_at >= NOTICE_LIFETIME_MS
}

function withoutTrouble({ failing_since: _, lost: __, ...channel }: ChannelRecord): ChannelRecord {
  return channel
}

function closeAttempt(attempts: readonly AttemptRecord[], end: Partial<AttemptRecord>): AttemptRecord[] {
  return attempts.map((one, index) => (index === attempts.length - 1 ? { ...one, ...end } : one))
}
