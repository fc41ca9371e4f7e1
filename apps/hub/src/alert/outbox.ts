import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { Clock } from '../clock.ts'
import type { OneUseLinks } from '../http/one-use-link.ts'
import type { AlertRecord, AlertRuleRecord, AlertStore, ChannelRecord, MessageRecord, NoticeRecord } from '../store/alert.ts'
import { freeAt } from './bucket.ts'
import type { ChannelKind, MessageItem } from './channel/channel-kind.ts'
import { changeChannel } from './channel-change.ts'
import { groupNotices, MAX_NOTICES, messageContent, messageId } from './gather.ts'
import { groupWaitOf } from './group-wait.ts'
import { type Fate, fateOf, type HoldCircumstances, NOTICE_LIFETIME_MS, OVER_BEFORE, TOO_OLD } from './hold.ts'
import { explainedKinds, explainingKinds } from './inhibition.ts'
import type { FindAction } from './message-action.ts'
import { quietUntil } from './quiet.ts'
import { releaseChannel, releaseEverywhere, releasePaused } from './release.ts'
import { isOld, type Sender } from './sender.ts'
import { spreadFlips } from './spread.ts'

/** After this, another hub finishes a message whose notices are being collected. */
const GATHER_LEASE_MS = 15_000
const MESSAGES_PER_STEP = 50
/** Links in messages work for so long. */
const LINK_LIFETIME_MS = 7 * 86_400_000
/** Steps come every 30 s at least, unless the hub did not run. */
const STEP_GAP_MS = 90_000
/** A message with so many notices is a storm: the next one of its kind waits for longer, and has the rest. */
const STORM_NOTICES = 20
const STORM_WAIT_MS = 30_000

export interface OutboxOptions {
  readonly store: AlertStore
  readonly clock: Clock
  readonly sender: Sender
  /** Those that acknowledge an alert. */
  readonly links: Pick<OneUseLinks, 'create'>
  readonly kindOf: (kind: ChannelKindName) => ChannelKind<never>
  readonly groupMs: number
  /** The address of the hub for links, without a slash at its end; undefined where it is not known. */
  readonly address: () => Promise<string | undefined>
  readonly findAction: FindAction
  /** Names this process among the hubs of one store. */
  readonly hub: string
}

/**
 * From flips to messages. Each step is durable before the next and may be repeated: flips become notices, notices are held or
 * gathered into messages, and messages are sent in the order of their channel, one at a time.
 */
export class Outbox {
  readonly #options: OutboxOptions
  /** Until when the next message of a channel and kind waits, after a storm. */
  readonly #storms = new Map<string, number>()
  /** When the last message of a channel and kind was made. */
  readonly #made = new Map<string, number>()
  #isFirstStep = true
  #steppedAt: number | undefined
  /** Since when its steps follow each other without a gap. */
  #activeSince = 0

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** After a start, or after the machine slept, what was due meanwhile is not late: it is sent now. */
  noteStep(): void {
    const now = this.#options.clock.now()
    if (this.#steppedAt === undefined || Math.abs(now - this.#steppedAt) > STEP_GAP_MS) this.#activeSince = now
    this.#steppedAt = now
  }

  /** @returns whether there is more to do now */
  async step(): Promise<boolean> {
    const { store, clock, groupMs } = this.#options
    const now = clock.now()
    const [rules, channels, pause] = await Promise.all([store.rules(), store.channels(), store.mark('pause')])
    if (this.#isFirstStep && store.exclusive) await this.#endInterrupted(channels, now)
    this.#isFirstStep = false
    const byRule = new Map(rules.map((rule) => [rule.rule_id, rule]))
    const isMore = await spreadFlips({ store, rules: byRule, channels, groupMs, now })
    const pausedUntil = pause?.value.until as number | undefined
    await this.#sendDue(channels, pausedUntil, now)
    for (const one of await store.waitingOf(channels.map(({ channel_id }) => channel_id))) {
      if (one.next_at <= now) await this.#gather(one.channel_id, byRule, pausedUntil, now)
    }
    return (await this.#releaseChanged({ rules, channels, pausedUntil }, now)) || isMore
  }

  /**
   * What held notices may have ended while this step ran: it has held them once more, by what it had read before.
   * @returns whether something is to be looked at again
   */
  async #releaseChanged(
    before: {
      readonly rules: readonly AlertRuleRecord[]
      readonly channels: readonly ChannelRecord[]
      readonly pausedUntil: number | undefined
    },
    now: number,
  ): Promise<boolean> {
    const { store } = this.#options
    const [rules, channels, pause] = await Promise.all([store.rules(), store.channels(), store.mark('pause')])
    let isChanged = false
    if ((pause?.value.until as number | undefined) !== before.pausedUntil) {
      await releasePaused(store, before.pausedUntil, now)
      isChanged = true
    }
    for (const { rule_id, snoozed_until } of before.rules) {
      if (snoozed_until === undefined || rules.some((one) => one.rule_id === rule_id && one.snoozed_until === snoozed_until)) continue
      await releaseEverywhere(store, (notice) => notice.rule_id === rule_id && notice.held_by === 'snooze', now)
      isChanged = true
    }
    for (const { channel_id, snoozed_until } of before.channels) {
      const known = channels.find((one) => one.channel_id === channel_id)
      if (snoozed_until === undefined || known === undefined || known.snoozed_until === snoozed_until) continue
      await releaseChannel(store, channel_id, now)
      isChanged = true
    }
    return isChanged
  }

  /** When time alone gives it something to do. */
  async nextAt(): Promise<number | undefined> {
    const { store, kindOf, clock } = this.#options
    const now = clock.now()
    const channels = await store.channels()
    const moments: number[] = []
    const message = await store.nextMessageDue()
    // While it is sent, its end comes as a wake signal.
    if (message !== undefined) moments.push(message)
    for (const { channel_id, next_at } of await store.waitingOf(channels.map((one) => one.channel_id))) {
      const channel = channels.find((one) => one.channel_id === channel_id)!
      if (next_at > now) moments.push(next_at)
      // The message before it comes first, and has a moment of its own, or waits for a person.
      else if ((await store.unsent(channel_id)).length === 0)
        moments.push(Math.max(next_at, freeAt(channel.bucket, kindOf(channel.kind).rate, now)))
    }
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  /** When the oldest notice or message was due that a healthy channel has not got. */
  async oldestDue(): Promise<number | undefined> {
    const { store, clock } = this.#options
    const now = clock.now()
    const healthy = (await store.channels()).filter(({ state, snoozed_until = 0 }) => state === 'ok' && snoozed_until <= now)
    const moments: number[] = []
    for (const { next_at } of await store.waitingOf(healthy.map(({ channel_id }) => channel_id))) if (next_at <= now) moments.push(next_at)
    for (const { channel_id } of healthy) {
      for (const { created_at, next_at } of await store.unsent(channel_id))
        if (next_at !== undefined && next_at <= now) moments.push(created_at)
    }
    return moments.length === 0 ? undefined : Math.max(this.#activeSince, Math.min(...moments))
  }

  /** No other process has this store: what another one was sending was interrupted. */
  async #endInterrupted(channels: readonly ChannelRecord[], now: number): Promise<void> {
    const { store, sender, hub } = this.#options
    for (const { channel_id } of channels) {
      for (const message of await store.unsent(channel_id)) {
        if (message.state === 'sending' && message.attempts.at(-1)?.hub !== hub) await sender.interrupted(message, now)
        else if (message.state === 'gathering') await this.#seal(message, channels.find((one) => one.channel_id === channel_id)!, now)
      }
    }
  }

  async #sendDue(channels: readonly ChannelRecord[], pausedUntil: number | undefined, now: number): Promise<void> {
    const { store } = this.#options
    for (const message of await store.messagesDue(now, MESSAGES_PER_STEP)) {
      await this.#advance(
        message,
        channels.find(({ channel_id }) => channel_id === message.channel_id),
        pausedUntil,
        now,
      )
    }
  }

  async #advance(message: MessageRecord, channel: ChannelRecord | undefined, pausedUntil: number | undefined, now: number): Promise<void> {
    const { store, sender } = this.#options
    const { state, channel_id } = message
    if (state === 'sent' || state === 'dropped') return sender.finish(message)
    if (state === 'sending') {
      // Its own attempt goes on as long as it is known here.
      return sender.isSending(channel_id) ? undefined : sender.interrupted(message, now)
    }
    if (channel === undefined) return sender.drop(message, 'The channel was removed', now, false)
    if (channel.state === 'off') return sender.drop(message, 'The channel is off', now, false)
    if (isOld(message, now)) return sender.drop(message, 'It could not be sent for 24 hours', now)
    if (state === 'gathering') return this.#seal(message, channel, now)
    const until = heldMessage(message, channel, pausedUntil, now)
    if (until !== now) {
      await store.putMessage({ ...message, next_at: until, revision: message.revision + 1 })
      return
    }
    await sender.start(message, channel)
  }

  /** Holds the waiting notices of a channel, or gathers the first group of those that are due. */
  async #gather(
    channelId: string,
    rules: ReadonlyMap<string, AlertRuleRecord>,
    pausedUntil: number | undefined,
    now: number,
  ): Promise<void> {
    const { store, sender, kindOf, groupMs } = this.#options
    // Read again: a message that was dropped a moment ago is noted there.
    const channel = await store.findChannel(channelId)
    if (channel === undefined) return
    const { channel_id } = channel
    const kind = kindOf(channel.kind)
    // Those that only wait for their group come with the first of it.
    const waiting = await store.waiting(channel_id, now + groupMs, MAX_NOTICES)
    const alerts = new Map((await store.findMany([...new Set(waiting.map(({ alert_id }) => alert_id))])).map((one) => [one.alert_id, one]))
    const circumstances: HoldCircumstances = {
      now,
      channel,
      groupMsOf: (notice) => groupWaitOf(notice, groupMs, this.#made.get(`${channel_id} ${notice.kind}`), now),
      pausedUntil,
      alertOf: (id) => alerts.get(id),
      ruleOf: (id) => rules.get(id),
      explaining: await this.#explaining(waiting),
      firstOf: firstOfKind(waiting),
    }
    const due: NoticeRecord[] = []
    const held = new Map<string, { ids: string[]; fate: Exclude<Fate, 'due'> }>()
    for (const notice of waiting) {
      const fate = fateOf(notice, circumstances)
      if (fate === 'due') due.push(notice)
      else if (!isAsBefore(notice, fate)) {
        const key = JSON.stringify(fate)
        const known = held.get(key) ?? { ids: [], fate }
        known.ids.push(notice.notice_id)
        held.set(key, known)
      }
    }
    for (const { ids, fate } of held.values()) {
      if ('drop' in fate) await store.drop(ids, fate.drop)
      else await store.hold(ids, fate)
      if ('drop' in fate && fate.drop === TOO_OLD) await this.#noteLost(channel_id, ids.length, now)
    }
    const said = await this.#withoutUnsaid(channel_id, due)
    if (said.length === 0) return
    // The order of a channel: nothing overtakes a message that waits for its next attempt.
    if (!sender.isFree(channel_id) || (await store.unsent(channel_id)).length > 0) return
    if (freeAt(channel.bucket, kind.rate, now) > now) return
    for (const group of kind.one_by_one ? oneByOne(said) : groupNotices(said, now)) {
      const storm = `${channel_id} ${group[0]!.kind}`
      const until = this.#storms.get(storm) ?? 0
      if (until > now && !kind.one_by_one) {
        await store.hold(
          group.map(({ notice_id }) => notice_id),
          { not_before: until, held_by: 'group' },
        )
        continue
      }
      if (group.length >= STORM_NOTICES) this.#storms.set(storm, now + Math.min(STORM_WAIT_MS, 3 * groupMs))
      else this.#storms.delete(storm)
      this.#made.set(storm, now)
      await this.#compose(channel, group, now)
      return
    }
  }

  /**
   * The end of an alert whose beginning a channel has never got is not sent there, unless both go in one message: what held the
   * beginning has outlasted it.
   */
  async #withoutUnsaid(channelId: string, due: readonly NoticeRecord[]): Promise<NoticeRecord[]> {
    const { store } = this.#options
    const ids = new Set(due.map(({ notice_id }) => notice_id))
    const dropped = new Set<string>()
    for (const { alert_id, notice_id } of due.filter(({ what }) => what === 'closed')) {
      const before = (await store.noticesOf(alert_id, MAX_NOTICES)).filter(
        ({ channel_id, what }) => channel_id === channelId && what !== 'closed' && what !== 'acknowledged',
      )
      if (before.some((one) => one.state === 'sent' || one.state === 'in' || ids.has(one.notice_id))) continue
      for (const one of before) if (one.state === 'waiting') dropped.add(one.notice_id)
      dropped.add(notice_id)
    }
    if (dropped.size > 0) await store.drop([...dropped], OVER_BEFORE)
    return due.filter(({ notice_id }) => !dropped.has(notice_id))
  }

  /** Notices that were not sent in a day: the next message says so. */
  async #noteLost(channelId: string, count: number, now: number): Promise<void> {
    await changeChannel(this.#options.store, channelId, { now }, (channel) => ({
      ...channel,
      lost: { count: (channel.lost?.count ?? 0) + count, newest_at: Math.max(now - NOTICE_LIFETIME_MS, channel.lost?.newest_at ?? 0) },
    }))
  }

  /** Collects the notices of a message, seals it, and sends it. */
  async #compose(channel: ChannelRecord, notices: readonly NoticeRecord[], now: number): Promise<void> {
    const { store } = this.#options
    const message: MessageRecord = {
      message_id: messageId(notices),
      channel_id: channel.channel_id,
      channel_name: channel.name,
      channel_kind: channel.kind,
      state: 'gathering',
      alert_ids: [],
      notices: 0,
      created_at: now,
      next_at: now + GATHER_LEASE_MS,
      may_be_repeat: false,
      attempts: [],
      revision: 1,
    }
    if (!(await store.putMessage(message))) return
    await store.claim(
      notices.map(({ notice_id }) => notice_id),
      message.message_id,
    )
    await this.#seal(message, channel, now)
  }

  /** Notices that another hub has taken are not part of it. */
  async #seal(message: MessageRecord, channel: ChannelRecord, now: number): Promise<void> {
    const { store, sender, address } = this.#options
    const notices = await store.noticesIn(message.message_id)
    if (notices.length === 0) return sender.drop(message, 'Its notices are part of another message', now, false)
    const alerts = new Map((await store.findMany([...new Set(notices.map(({ alert_id }) => alert_id))])).map((one) => [one.alert_id, one]))
    const publicUrl = await address()
    const actions = publicUrl === undefined ? undefined : await this.#actionsOf([...alerts.values()], channel, publicUrl)
    const content = messageContent({
      notices,
      alertOf: (id) => alerts.get(id),
      channel,
      now,
      publicUrl,
      acknowledgeUrl: (id) => publicUrl && this.#linkOf(id, publicUrl),
      actionOf: (id) => actions?.get(id),
    })
    const sealed: MessageRecord = {
      ...message,
      state: 'sealed',
      content,
      alert_ids: content.items.map(({ alert_id }) => alert_id),
      notices: notices.length,
      next_at: now,
      revision: message.revision + 1,
    }
    if (await store.putMessage(sealed)) await sender.start(sealed, channel)
  }

  #linkOf(alert_id: string, address: string): string {
    return `${address}/a/${this.#options.links.create({ alert_id }, LINK_LIFETIME_MS)}`
  }

  /** What can be done about the alert of a message; where there are more, their page says it. */
  async #actionsOf(alerts: readonly AlertRecord[], channel: ChannelRecord, address: string): Promise<Map<string, MessageItem['action']>> {
    const [alert, ...others] = alerts
    if (alert === undefined || others.length > 0) return new Map()
    const found = await this.#options.findAction(alert, channel)
    return new Map(found === undefined ? [] : [[alert.alert_id, { label: found.label, url: address + found.path }]])
  }

  /** The open alerts that may explain others, where any notice could be explained. */
  async #explaining(notices: readonly NoticeRecord[]): Promise<AlertRecord[]> {
    if (!notices.some(({ kind }) => explainedKinds.has(kind))) return []
    const { store } = this.#options
    const rules = (await store.rules()).filter(({ kind }) => explainingKinds.includes(kind))
    return (await Promise.all(rules.map(({ rule_id }) => store.open(rule_id)))).flat()
  }
}

/** @returns when it may be sent: now, at an instant, or undefined while its channel is broken */
function heldMessage({ content }: MessageRecord, channel: ChannelRecord, pausedUntil: number | undefined, now: number): number | undefined {
  if (channel.state === 'broken') return undefined
  const until = Math.max(pausedUntil ?? 0, channel.snoozed_until ?? 0)
  if (until > now) return until
  if (content?.severity === 'critical' && channel.lets_through === 'critical') return now
  return quietUntil(channel.quiet_hours, now) ?? now
}

/** When the first notice of each kind was made that waits for nothing but its group. */
function firstOfKind(waiting: readonly NoticeRecord[]): (notice: NoticeRecord) => number {
  const first = new Map<string, number>()
  for (const { kind, created_at, held_by } of waiting) {
    if (held_by !== undefined && held_by !== 'group') continue
    first.set(kind, Math.min(created_at, first.get(kind) ?? created_at))
  }
  return ({ kind, created_at }) => Math.min(created_at, first.get(kind) ?? created_at)
}

/** For peers that keep each alert by itself: its notices in their order, one message each alert. */
function oneByOne(due: readonly NoticeRecord[]): NoticeRecord[][] {
  return [...Map.groupBy(due, ({ alert_id }) => alert_id).values()]
}

/** `not_before` of what is looked at again moves with the clock; it is written when it has come. */
function isAsBefore(notice: NoticeRecord, fate: Exclude<Fate, 'due'>): boolean {
  return 'held_by' in fate && notice.held_by === fate.held_by && notice.not_before === fate.not_before
}
