import { randomBytes } from 'node:crypto'
import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { Clock } from '../clock.ts'
import { isStoreOutage } from '../hub-error.ts'
import type { Logger } from '../log.ts'
import { nextTurn } from '../next-turn.ts'
import { type AlertRecord, type AlertRuleRecord, type AlertStore, type AlertWrite, subjectKey } from '../store/alert.ts'
import type { Store } from '../store/store.ts'
import { closed, FLAPPING_MS, judgedAlert, timedAlert } from './alert.ts'
import { releaseSnoozed } from './release.ts'
import type { Subject, Verdict } from './rule/rule-kind.ts'

/** Everything is judged so often, which mends what no event and no moment has brought. */
export const SWEEP_INTERVAL_MS = 60_000
const EVENTS_PER_STEP = 500
/** Subjects that are judged between two turns of the event loop, and written together. */
const SUBJECTS_PER_TURN = 200
const DUE_PER_STEP = 500
/** Attempts of a change; each lost one means that another hub or a person has changed the alert. */
const MAX_ATTEMPTS = 3
/** What is due but not known is judged again after so long. */
const UNKNOWN_RETRY_MS = 60_000

/** Events that no rule looks at, for which nothing is opened: those of alerts themselves above all. */
const passedEvents: ReadonlySet<EventType> = new Set(['alert.opened', 'alert.closed', 'alert.updated', 'alerts.paused', 'alerts.resumed'])

/** A rule, ready to be asked; see `rule/rule-list.ts`. */
export interface OpenRule<Facts> {
  touched(event: HubEvent): readonly Subject[]
  touchesAll(event: HubEvent): boolean
  subjects(facts: Facts, now: number): Promise<readonly Subject[]>
  judge(subject: Subject, facts: Facts, now: number): Promise<Verdict>
}

export interface JudgeOptions<Facts> {
  readonly store: Pick<Store, 'alerts' | 'events' | 'id'>
  readonly open: (rule: AlertRuleRecord) => OpenRule<Facts>
  readonly facts: { at(now: number): Facts }
  readonly clock: Clock
  readonly logger: Logger
}

interface JudgedRule<Facts> {
  readonly rule: AlertRuleRecord
  readonly open: OpenRule<Facts>
}

interface Pair<Facts> extends JudgedRule<Facts> {
  readonly subject: Subject
}

/**
 * Asks rules about their subjects, and writes what becomes of their alerts. It looks where events point to, where a moment has
 * come, and once a minute everywhere. An event only says where to look: what is true is asked of the store.
 */
export class Judge<Facts> {
  readonly #options: JudgeOptions<Facts>
  readonly #alerts: AlertStore
  /** By id and revision: opening a rule checks its parameters. */
  readonly #opened = new Map<string, OpenRule<Facts>>()
  /** When time alone may change what is said of a subject without an alert. Lost at the end of the process: a sweep finds it. */
  readonly #moments = new Map<string, { readonly at: number; readonly rule_id: string; readonly subject: Subject }>()
  #sweepAt = 0
  /** The last event that was judged, as the store has it. */
  #cursor: { readonly event: number; readonly revision: number } | undefined
  #hasEvents = true

  constructor(options: JudgeOptions<Facts>) {
    this.#options = options
    this.#alerts = options.store.alerts
  }

  /** Before the hub takes requests: what happens from now on is judged, also when the first step fails or never comes. */
  async prepare(): Promise<void> {
    const { store } = this.#options
    if ((await this.#alerts.mark('cursor')) !== undefined) return
    const { last } = await store.events.bounds()
    await this.#alerts.putMark('cursor', { value: { event: last, store_id: store.id }, revision: 1 })
  }

  /** Events have come. */
  noteEvents(events: readonly HubEvent[]): boolean {
    if (events.every(({ event }) => passedEvents.has(event))) return false
    this.#hasEvents = true
    return true
  }

  /** Rules have changed: everything is judged at the next step. */
  requestSweep(): void {
    this.#sweepAt = 0
  }

  /** @returns whether there is more to do now */
  async step(): Promise<boolean> {
    const { clock, facts } = this.#options
    const now = clock.now()
    const rules = await this.#rules()
    const known = facts.at(now)
    // A clock that was set back does not put the sweep off.
    if (now >= this.#sweepAt || this.#sweepAt > now + SWEEP_INTERVAL_MS) {
      await this.#sweep(rules, known, now)
      this.#sweepAt = now + SWEEP_INTERVAL_MS
    }
    const isMore = await this.#judgeDue(rules, known, now)
    return (await this.#judgeEvents(rules)) || isMore
  }

  /** When time alone gives it something to do. */
  async nextAt(): Promise<number> {
    const due = await this.#alerts.nextDue()
    let earliest = Math.min(this.#sweepAt, due ?? Number.POSITIVE_INFINITY)
    for (const { at } of this.#moments.values()) earliest = Math.min(earliest, at)
    return earliest
  }

  async #rules(): Promise<JudgedRule<Facts>[]> {
    const { logger } = this.#options
    const rules: JudgedRule<Facts>[] = []
    for (const rule of await this.#alerts.rules()) {
      if (!rule.enabled) continue
      const key = `${rule.rule_id} ${rule.revision}`
      try {
        const open = this.#opened.get(key) ?? this.#options.open(rule)
        this.#opened.set(key, open)
        rules.push({ rule, open })
      } catch (err) {
        // One rule that cannot be read must not keep the others from being judged.
        logger.warn({ err, rule_id: rule.rule_id }, 'an alert rule cannot be used')
      }
    }
    if (this.#opened.size > 2 * rules.length + 100) this.#opened.clear()
    return rules
  }

  /** Judges everything: a day without events must not hide what time has brought. */
  async #sweep(rules: readonly JudgedRule<Facts>[], facts: Facts, now: number): Promise<void> {
    this.#moments.clear()
    const open = await this.#alerts.open()
    const byRule = Map.groupBy(open, ({ rule_id }) => rule_id)
    for (const { rule, open: opened } of rules) {
      const alerts = byRule.get(rule.rule_id) ?? []
      byRule.delete(rule.rule_id)
      const subjects = await this.#safely(rule, () => opened.subjects(facts, now), [])
      const keys = new Set(subjects.map(({ key }) => key))
      const others = alerts.filter(({ subject }) => !keys.has(subject)).map(subjectOf)
      const known = new Map(alerts.map((alert) => [subjectKey(rule.rule_id, alert.subject), alert]))
      await this.#judge(
        [...subjects, ...others].map((subject) => ({ rule, open: opened, subject })),
        facts,
        now,
        known,
      )
    }
    // Their rule was removed, or switched off.
    const orphans = [...byRule.values()].flat().filter(({ state }) => state !== 'closed')
    if (orphans.length === 0) return
    await this.#alerts.write(
      orphans.map((alert) => closed(alert, 'gone', now, undefined)),
      { now },
    )
  }

  /** Judges the alerts and subjects whose moment has come. */
  async #judgeDue(rules: readonly JudgedRule<Facts>[], facts: Facts, now: number): Promise<boolean> {
    const byId = new Map(rules.map((one) => [one.rule.rule_id, one]))
    const due = await this.#alerts.due(now, DUE_PER_STEP)
    const pairs: Pair<Facts>[] = due.flatMap((alert) => {
      const found = byId.get(alert.rule_id)
      return found === undefined ? [] : [{ ...found, subject: subjectOf(alert) }]
    })
    for (const [key, { at, rule_id, subject }] of this.#moments) {
      if (at > now) continue
      this.#moments.delete(key)
      const found = byId.get(rule_id)
      if (found !== undefined) pairs.push({ ...found, subject })
    }
    await this.#judge(pairs, facts, now)
    // Those without a rule are closed by a sweep, which comes at once.
    if (due.some(({ rule_id }) => !byId.has(rule_id))) this.requestSweep()
    return due.length === DUE_PER_STEP
  }

  /** Judges what the next events point to. The cursor moves when that is durable: a hub that dies meanwhile repeats it. */
  async #judgeEvents(rules: readonly JudgedRule<Facts>[]): Promise<boolean> {
    const { store, clock } = this.#options
    if (!this.#hasEvents) return false
    this.#hasEvents = false
    this.#cursor ??= await this.#readCursor()
    const events = await store.events.page({ after: this.#cursor.event, limit: EVENTS_PER_STEP })
    // Facts that are read after the events: those of a sweep before may be older than what an event points to.
    const now = clock.now()
    const facts = this.#options.facts.at(now)
    const pairs = new Map<string, Pair<Facts>>()
    const whole = new Set<JudgedRule<Facts>>()
    for (const event of events) {
      if (passedEvents.has(event.event)) continue
      for (const one of rules) {
        if (one.open.touchesAll(event)) whole.add(one)
        for (const subject of one.open.touched(event)) pairs.set(subjectKey(one.rule.rule_id, subject.key), { ...one, subject })
      }
    }
    for (const one of whole) {
      for (const subject of await this.#safely(one.rule, () => one.open.subjects(facts, now), [])) {
        pairs.set(subjectKey(one.rule.rule_id, subject.key), { ...one, subject })
      }
    }
    await this.#judge([...pairs.values()], facts, now)
    const last = events.at(-1)
    if (last !== undefined) await this.#moveCursor(last.id)
    const isMore = events.length === EVENTS_PER_STEP
    if (isMore) this.#hasEvents = true
    return isMore
  }

  async #readCursor(): Promise<{ event: number; revision: number }> {
    const { store } = this.#options
    const [mark, { first, last }] = await Promise.all([this.#alerts.mark('cursor'), store.events.bounds()])
    const event = mark?.value.event as number | undefined
    const revision = mark?.revision ?? 0
    // Events were removed, or it is another log: the sweep at the start has judged everything.
    if (event === undefined || mark?.value.store_id !== store.id || event > last || (first > 0 && event < first - 1))
      return { event: last, revision }
    return { event, revision }
  }

  async #moveCursor(event: number): Promise<void> {
    const { store } = this.#options
    const revision = this.#cursor!.revision + 1
    const moved = await this.#alerts.putMark('cursor', { value: { event, store_id: store.id }, revision })
    // Another hub has moved it: what was judged twice has changed nothing.
    this.#cursor = moved ? { event, revision } : undefined
    if (!moved) this.#hasEvents = true
  }

  /** @param known the alerts of these subjects, where they were read already */
  async #judge(pairs: readonly Pair<Facts>[], facts: Facts, now: number, known?: ReadonlyMap<string, AlertRecord>): Promise<void> {
    for (let at = 0; at < pairs.length; at += SUBJECTS_PER_TURN) {
      let part = pairs.slice(at, at + SUBJECTS_PER_TURN)
      for (let attempts = 0; part.length > 0 && attempts < MAX_ATTEMPTS; attempts++) {
        part = await this.#judgePart(part, facts, now, attempts === 0 ? known : undefined)
      }
      await nextTurn()
    }
  }

  /** @returns the subjects whose alert was changed meanwhile */
  async #judgePart(
    pairs: readonly Pair<Facts>[],
    facts: Facts,
    now: number,
    known: ReadonlyMap<string, AlertRecord> | undefined,
  ): Promise<Pair<Facts>[]> {
    const keyOf = ({ rule, subject }: Pair<Facts>) => subjectKey(rule.rule_id, subject.key)
    const alerts =
      known ?? new Map((await this.#alerts.openOf(pairs.map(keyOf))).map((alert) => [subjectKey(alert.rule_id, alert.subject), alert]))
    const writes: (AlertWrite & { readonly pair: Pair<Facts> })[] = []
    for (const pair of pairs) {
      const write = await this.#safely(pair.rule, () => this.#judgeOne(pair, alerts.get(keyOf(pair)), facts, now), undefined)
      if (write !== undefined) writes.push({ ...write, pair })
    }
    if (writes.length === 0) return []
    const done = await this.#alerts.write(
      writes.map(({ alert, events, remove }) => ({ alert, events, ...(remove ? { remove } : {}) })),
      { now },
    )
    for (const [index, { alert, pair }] of writes.entries()) {
      const isUnsnoozed = alerts.get(keyOf(pair))?.snoozed !== undefined && alert.snoozed === undefined
      if (done[index] && isUnsnoozed) await releaseSnoozed(this.#alerts, alert.alert_id, now)
    }
    return writes.filter((_, index) => !done[index]).map(({ pair }) => pair)
  }

  async #judgeOne(
    { rule, open, subject }: Pair<Facts>,
    alert: AlertRecord | undefined,
    facts: Facts,
    now: number,
  ): Promise<AlertWrite | undefined> {
    const verdict = await open.judge(subject, facts, now)
    this.#noteMoment(rule, subject, verdict, now)
    const isNew = verdict.verdict === 'holds' && alert === undefined
    const since = verdict.verdict === 'holds' && verdict.closes_itself ? 0 : now - FLAPPING_MS
    const before = isNew ? await this.#alerts.lastClosed(rule.rule_id, subject.key, since) : undefined
    const step = judgedAlert({ rule, subject, verdict, alert, before, now, newId: newAlertId })
    if (step !== undefined || alert?.next_at === undefined || alert.next_at > now) return step
    // Its moment has come, and the verdict changes nothing.
    return (
      timedAlert(alert, rule, now) ?? { alert: { ...alert, next_at: now + UNKNOWN_RETRY_MS, revision: alert.revision + 1 }, events: [] }
    )
  }

  #noteMoment({ rule_id }: AlertRuleRecord, subject: Subject, verdict: Verdict, now: number): void {
    const key = subjectKey(rule_id, subject.key)
    const at = verdict.verdict === 'clear' || verdict.verdict === 'unknown' ? verdict.next_at : undefined
    if (at === undefined) this.#moments.delete(key)
    // A moment that has passed already, and has changed nothing, must not be asked about without a pause.
    else this.#moments.set(key, { at: at > now ? at : now + UNKNOWN_RETRY_MS, rule_id, subject })
  }

  /** One rule or subject that fails steps aside, and the others go on; a store that is away ends the step. */
  async #safely<T>({ rule_id }: AlertRuleRecord, work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work()
    } catch (err) {
      if (isStoreOutage(err)) throw err
      this.#options.logger.error({ err, rule_id }, 'an alert rule could not judge')
      return otherwise
    }
  }
}

function subjectOf({ subject, about }: AlertRecord): Subject {
  return { key: subject, about: about as Subject['about'] }
}

function newAlertId(): string {
  return `a_${randomBytes(8).toString('hex')}`
}
