import fs from 'node:fs'
import os from 'node:os'
import type { Session } from '@signalbox/contract/session'
import { old } from '../client.ts'
import { compareFacts, compareState, compareUsage, type Difference, type TrueFacts } from './compare.ts'
import { type Gap, gapAt } from './gap.ts'
import type { ShownSessions } from './shown-sessions.ts'
import { isSameActivity, type TrueChange, type TrueSessions, type TrueState } from './true-sessions.ts'

/** In milliseconds from the change until the board must show it. */
export interface Limits {
  /** Changes of a process file, and ends that remove it. */
  readonly state: number
  /** A killed process. */
  readonly failed: number
  /** What transcripts say. */
  readonly facts: number
  /** The first right board after an outage. */
  readonly outage: number
}

export type Aspect = 'state' | 'failed' | 'facts' | 'outage'

/** A change that reached the board. */
export interface Shown {
  readonly aspect: Aspect
  /** A session changed its state; otherwise it was compared again after an outage in which it did not, or only its facts changed. */
  readonly isTransition: boolean
  readonly sessionId: string
  readonly what: string
  readonly latencyMs: number
}

/** The board was wrong for longer than the limit. */
export interface Wrong {
  readonly aspect: Aspect
  readonly sessionId: string
  readonly what: string
  readonly afterMs: number
  readonly differences: readonly Difference[]
  /** When it was seen, in milliseconds since 1970, and what the hub said then. */
  readonly at: number
  readonly shown: Session | undefined
}

/** The board was right too late, or only after the next change: until then it showed what had been true before. */
export interface Late {
  readonly aspect: Aspect
  readonly sessionId: string
  readonly what: string
  readonly afterMs: number
  /** What was not right when the limit was over, and when that was. */
  readonly differences: readonly Difference[]
  readonly at: number
}

/** Something of a session that the board must show, from its last change on. */
interface Watch {
  aspect: Aspect
  what: string
  /** When it could be known, or when the board was found wrong after it had been right: from then on the limit runs. */
  since: number
  isTransition: boolean
  isShown: boolean
  isReported: boolean
  /** It was right, and is not any more. */
  isWrongAgain?: true
  /** The limit is over, and what the board shows was true before: it is late if the right value still comes, else wrong. */
  overdue?: Wrong
}

/** The board showed a state before the client had written it into its file, because a hook had reported it. */
export interface Ahead {
  readonly sessionId: string
  readonly what: string
  readonly byMs: number
}

const LOOK_INTERVAL_MS = 15
const BOARD_INTERVAL_MS = 40
/** Where times are no proof, the board is read less often: that takes the processor from the clients. */
const STRETCHED = 4
/** All pages are read this often, and whenever a session has just ended. */
const FULL_BOARD_INTERVAL_MS = 1_000
/** Of one look in the average of the load: a look counts for about three seconds. */
const LOAD_WEIGHT = 0.01
/** What has not come so long after its limit, or was never true, is wrong and not late. */
const LATE_GRACE_MS = 10_000
/** An outage of the hub that the walk did not announce. */
const HUB_TIMEOUT_MS = 5_000

export interface CheckerOptions {
  readonly truth: TrueSessions
  readonly shown: ShownSessions
  readonly limits: Limits
  readonly branchOf: (sessionId: string) => string | undefined
  /** Stretches the limits while more processes want a core than there are cores, for machines that do other work too. */
  readonly isStretched: boolean
}

/** Compares the board with the truth, all the time, and remembers how long each change took. */
export class Checker {
  readonly shownChanges: Shown[] = []
  readonly wrong: Wrong[] = []
  readonly late: Late[] = []
  /** Every change, for the comparison with the timelines at the end. */
  readonly changes: TrueChange[] = []
  readonly gaps: Gap[] = []
  /** What was on the board before it was in the client's file. */
  readonly ahead: Ahead[] = []
  /** Changes that were followed by another before the board was read. */
  superseded = 0
  readonly #options: CheckerOptions
  readonly #states = new Map<string, Watch>()
  readonly #facts = new Map<string, Watch & { truth: string }>()
  /** What the facts of each session were, oldest first. */
  readonly #formerFacts = new Map<string, TrueFacts[]>()
  readonly #strangers = new Map<string, number>()
  /** They are wrong unless the client says the same a little later. */
  readonly #suspects: Wrong[] = []
  #recoversSince: number | undefined
  readonly #stopping = new AbortController()
  #paused: string | undefined
  #full = { at: 0, sessions: new Map<string, Session>() }
  #loops: Promise<unknown> = Promise.resolve()
  /** Processes that want a core, on average over the last seconds. */
  #load = 0
  #loadSum = 0
  #looks = 0

  constructor(options: CheckerOptions) {
    this.#options = options
  }

  start(): void {
    this.#loops = Promise.all([
      this.#repeat(LOOK_INTERVAL_MS, () => this.#look()),
      this.#repeat(BOARD_INTERVAL_MS * (this.#options.isStretched ? STRETCHED : 1), () => this.#compare()),
    ])
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loops
    this.wrong.push(...this.#suspects.splice(0))
    for (const watch of [...this.#states.values(), ...this.#facts.values()]) this.#convictOverdue(watch)
  }

  /** Nothing is compared while the hub cannot know; the truth is followed meanwhile. */
  pause(reason: string): void {
    this.#paused = reason
  }

  /** From now on the board has the limit of an outage to become right. */
  resume(): void {
    const now = Date.now()
    const what = `after ${this.#paused}`
    this.#paused = undefined
    for (const watch of [...this.#states.values(), ...this.#facts.values()]) {
      if (watch.isShown && watch.aspect !== 'outage')
        Object.assign(watch, { aspect: 'outage', what, since: now, isTransition: false, isShown: false, isReported: false })
      else if (!watch.isShown) Object.assign(watch, { aspect: 'outage', what, since: now, isReported: false })
    }
  }

  /** Until the collector has reached the hub again, what is new to the board has the limit of an outage too. */
  async recover(back: Promise<void>): Promise<void> {
    this.#recoversSince = Date.now()
    await back
    this.#recoversSince = undefined
  }

  /** The client says now what the board showed before. */
  #confirmAhead(sessionId: string, state: TrueState): void {
    for (const suspect of this.#suspects.splice(0)) {
      if (suspect.sessionId !== sessionId || suspect.shown?.status !== state.status) this.#suspects.push(suspect)
      else
        this.ahead.push({ sessionId, what: `${suspect.shown.status} (${suspect.what})`, byMs: Date.now() - suspect.at + suspect.afterMs })
    }
  }

  #convictSuspects(now: number): void {
    for (const suspect of this.#suspects.splice(0)) {
      if (now - suspect.at > this.#limit('outage')) this.wrong.push(suspect)
      else this.#suspects.push(suspect)
    }
  }

  /** Sessions whose usage was compared. */
  usagesCompared = 0

  /**
   * Compares the usage of every session, when all is quiet. What a client writes last may take a while to arrive.
   * @param forks sessions that were forked from each other: a fork begins with a copy of the calls, nothing marks the copy, and
   * the ledger counts each call in one of the two
   */
  async compareUsage(forks: ReadonlySet<string>): Promise<void> {
    const deadline = Date.now() + this.#limit('outage')
    let wrong = await this.#findWrongUsage(forks)
    while (wrong.length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, FULL_BOARD_INTERVAL_MS))
      wrong = await this.#findWrongUsage(forks)
    }
    this.wrong.push(...wrong)
  }

  async #findWrongUsage(forks: ReadonlySet<string>): Promise<Wrong[]> {
    const { truth, shown } = this.#options
    const sessions = await shown.all()
    const wrong: Wrong[] = []
    this.usagesCompared = 0
    for (const [sessionId, { state }] of truth.sessions) {
      const session = sessions.get(sessionId)
      const used = truth.usedBy(sessionId)
      // Before 2.1.277 nothing that the client writes has the final figures of a subagent.
      const isOld = truth.hasSubagents(sessionId) && state.version === old
      if (used === undefined || isOld || forks.has(sessionId)) continue
      const differences = compareUsage(used, session)
      if (differences.length > 0 && this.#isUnknowable(sessionId, session, differences)) continue
      this.usagesCompared++
      if (differences.length === 0) continue
      wrong.push({ aspect: 'facts', sessionId, what: 'usage at the end', afterMs: 0, differences, at: Date.now(), shown: session })
    }
    return wrong
  }

  /** When no collector has been there for long: of a session that still lives nothing false is said, but that it is not seen. */
  expectUnseen(sessionIds: readonly string[], sessions: ReadonlyMap<string, Session>): void {
    for (const sessionId of sessionIds) {
      const shown = sessions.get(sessionId)
      // Hooks and the witness of a plugin see it without a collector.
      const isSeen = shown?.claude_code?.sources.some((source) => source === 'hook' || source === 'witness') === true
      const differences = [
        ...(shown?.status === 'active' ? [] : [{ field: 'status', truth: 'active', shown: shown?.status }]),
        ...(isSeen || shown?.not_seen_since !== undefined ? [] : [{ field: 'not_seen_since', truth: 'a time', shown: undefined }]),
      ]
      if (differences.length === 0) continue
      const wrong = { aspect: 'state', sessionId, what: 'without a collector', afterMs: 0, differences, at: Date.now(), shown } as const
      if (mayBeAhead(shown, differences)) this.#suspects.push(wrong)
      else this.wrong.push(wrong)
    }
  }

  /** Processes that wanted a core, on average. */
  averageLoad(): number {
    return this.#loadSum / Math.max(1, this.#looks)
  }

  /** Changes of state that reached the board. */
  transitions(): number {
    return this.shownChanges.filter(({ isTransition }) => isTransition).length
  }

  /** Whether the board has been right about every session since the last outage. */
  hasRecovered(): boolean {
    return [...this.#states.values()].every(({ aspect, isShown, isReported }) => aspect !== 'outage' || isShown || isReported)
  }

  /** How many changes are still on their way. */
  pending(): number {
    return [...this.#states.values()].filter(({ isShown, isReported }) => !isShown && !isReported).length
  }

  async #repeat(intervalMs: number, step: () => void | Promise<void>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await step()
      await new Promise((resolve) => setTimeout(resolve, intervalMs))
    }
  }

  #look(): void {
    const { truth, branchOf } = this.#options
    const now = Date.now()
    const running = countRunning()
    this.#load += (running - this.#load) * LOAD_WEIGHT
    this.#loadSum += running
    this.#looks++
    for (const change of truth.look(now)) {
      const before = this.changes.findLast(({ sessionId }) => sessionId === change.sessionId)?.state
      this.changes.push(change)
      // A name or a time, with the same activity, is compared but is no transition.
      if (this.#states.has(change.sessionId) && isSameActivity(before, change.state)) continue
      const { sessionId, knownAt, state } = change
      this.#confirmAhead(sessionId, state)
      const known = this.#states.get(sessionId)
      if (known !== undefined && !known.isShown && known.aspect !== 'outage') this.superseded++
      if (known !== undefined) this.#forgive(known, now)
      const what = state.status === 'active' ? `${state.activity ?? 'active'} ${state.waiting_for ?? ''}`.trim() : state.status
      const aspect = state.status === 'failed' ? 'failed' : 'state'
      // During an outage the limit begins with its end.
      if (known?.aspect === 'outage' && !known.isShown) {
        known.isTransition = true
        continue
      }
      const recovery = this.#recoversSince
      this.#states.set(sessionId, {
        ...(recovery === undefined ? { aspect, since: knownAt } : { aspect: 'outage', since: Math.max(knownAt, recovery) }),
        what,
        isTransition: true,
        isShown: false,
        isReported: false,
      })
    }
    for (const [sessionId, { state }] of truth.sessions) {
      if (state.status !== 'active') this.#facts.delete(sessionId)
      else {
        const facts = this.#factsOf(sessionId, branchOf(sessionId) ?? '')
        const text = JSON.stringify(facts)
        const known = this.#facts.get(sessionId)
        if (known?.truth === text) continue
        const former = this.#formerFacts.get(sessionId)
        if (former === undefined) this.#formerFacts.set(sessionId, [facts])
        else former.push(facts)
        if (known?.aspect === 'outage' && !known.isShown) known.truth = text
        else {
          if (known !== undefined) this.#forgive(known, now)
          const watch = { aspect: 'facts', what: 'facts', since: now, isTransition: false, isShown: false, isReported: false } as const
          this.#facts.set(sessionId, { truth: text, ...watch })
        }
      }
    }
  }

  #factsOf(sessionId: string, branch: string): TrueFacts {
    const { truth } = this.#options
    return {
      model: truth.modelOf(sessionId),
      branch,
      context_tokens: truth.contextOf(sessionId),
      context_after: truth.contextAfter(sessionId),
      subagents_running: truth.subagentsOf(sessionId).length,
    }
  }

  async #compare(): Promise<void> {
    if (this.#paused !== undefined) return
    const { truth, shown, branchOf } = this.#options
    const isEndPending = [...this.#states].some(([id, { isShown }]) => !isShown && truth.sessions.get(id)?.state.status !== 'active')
    const isFull = isEndPending || Date.now() - this.#full.at > FULL_BOARD_INTERVAL_MS
    let sessions: Map<string, Session>
    try {
      sessions = await withTimeout(isFull ? shown.all() : shown.live(), HUB_TIMEOUT_MS)
    } catch (error) {
      if (this.#paused === undefined)
        this.wrong.push({
          aspect: 'state',
          sessionId: '',
          what: `the hub does not answer: ${error}`,
          afterMs: 0,
          differences: [],
          at: Date.now(),
          shown: undefined,
        })
      return
    }
    if (this.#paused !== undefined) return
    const now = Date.now()
    if (isFull) this.#full = { at: now, sessions }
    const starting = truth.starting()
    for (const [sessionId, watch] of this.#states) {
      const { state } = truth.sessions.get(sessionId)!
      if ((state.status !== 'active' && !isFull) || starting.has(sessionId)) continue
      let session = sessions.get(sessionId)
      if (session === undefined && watch.isShown && !isFull) {
        // It is not live on the board any more: what is it then?
        session = await withTimeout(shown.one(sessionId), HUB_TIMEOUT_MS).catch(() => undefined)
        if (this.#paused !== undefined) return
        if (this.#states.get(sessionId) !== watch) continue
      }
      this.#judge(sessionId, watch, now, compareState(state, session), session)
    }
    for (const [sessionId, watch] of this.#facts) {
      const session = sessions.get(sessionId)
      this.#judge(sessionId, watch, now, compareFacts(this.#factsOf(sessionId, branchOf(sessionId) ?? ''), session), session)
    }
    if (isFull) this.#findStrangers(sessions, starting, now)
    this.#convictSuspects(now)
  }

  #judge(sessionId: string, watch: Watch, now: number, differences: readonly Difference[], shown: Session | undefined): void {
    const { aspect, what, since, isTransition } = watch
    if (differences.length === 0) {
      if (watch.overdue !== undefined) this.late.push({ ...lateOf(watch.overdue), what, afterMs: now - since })
      if (!watch.isShown && (!watch.isReported || watch.overdue !== undefined))
        this.shownChanges.push({ aspect, isTransition, sessionId, what, latencyMs: now - since })
      delete watch.overdue
      watch.isShown = true
      watch.isReported = false
      delete watch.isWrongAgain
      // What follows the first right board after an outage has the usual limits.
      if (aspect === 'outage') watch.aspect = 'truth' in watch ? 'facts' : 'state'
      return
    }
    if (watch.isShown && watch.isWrongAgain === undefined) {
      // Boards are compared at intervals, so it may have been right until a moment ago.
      watch.isWrongAgain = true
      watch.since = now
      return
    }
    if (watch.overdue !== undefined && now - since > this.#limit(aspect) + LATE_GRACE_MS) this.#convictOverdue(watch)
    if (watch.isReported || now - since <= this.#limit(aspect)) return
    watch.isReported = true
    if (this.#isUnknowable(sessionId, shown, differences)) return
    const wrong = {
      aspect,
      sessionId,
      what: watch.isShown ? `${what}, and then` : what,
      afterMs: now - since,
      differences,
      at: now,
      shown,
    }
    if (this.#wasTrue(sessionId, shown, differences, 'truth' in watch)) watch.overdue = wrong
    else if (mayBeAhead(shown, differences)) this.#suspects.push(wrong)
    else this.wrong.push(wrong)
  }

  /** Another change has followed; whether the board has had this one, its timeline shows. */
  #forgive(watch: Watch, now: number): void {
    if (watch.overdue === undefined) return
    this.late.push({ ...lateOf(watch.overdue), what: `${watch.what}, replaced`, afterMs: now - watch.since })
    delete watch.overdue
  }

  /** What did not come in the end is wrong. */
  #convictOverdue(watch: Watch): void {
    if (watch.overdue !== undefined) this.wrong.push(watch.overdue)
    delete watch.overdue
  }

  /** Whether the board shows what was true of the session before its last change; before its first it was not there. */
  #wasTrue(sessionId: string, shown: Session | undefined, differences: readonly Difference[], areFacts: boolean): boolean {
    // A hook says that a session has ended before the client removes its file; then the facts of what lives lack it.
    if (shown === undefined) return areFacts || this.shownChanges.every((change) => change.sessionId !== sessionId)
    const former = areFacts
      ? (this.#formerFacts.get(sessionId) ?? []).map((facts) => compareFacts(facts, shown))
      : this.changes
          .filter((change) => change.sessionId === sessionId)
          .slice(0, -1)
          .map(({ state }) => compareState(state, shown))
    // Several may have changed since, so each is looked for by itself. What is not known yet is late too, and so is the time of an
    // activity that is. A hook knows of a subagent before it has asked the model anything.
    return differences.every(
      ({ field, shown: value }) =>
        value === undefined ||
        field === 'activity_since' ||
        field === 'subagents_running' ||
        former.some((fields) => fields.every((one) => one.field !== field)),
    )
  }

  /** Whether no one could know it: it happened while no collector ran, and nothing is left of it. */
  #isUnknowable(sessionId: string, shown: Session | undefined, differences: readonly Difference[]): boolean {
    const own = this.changes.filter((change) => change.sessionId === sessionId)
    const last = own.at(-1)
    const gap = last === undefined || last.state.status === 'active' ? undefined : gapAt(this.gaps, last.knownAt)
    if (gap === undefined) return false
    if (shown === undefined) return own.every(({ knownAt }) => knownAt > gap.from)
    const began = own.findLastIndex(({ state }, index) => state.status === 'active' && own[index - 1]?.state.status !== 'active')
    const cameAndWent = (own[began]?.knownAt ?? 0) > gap.from
    // Hooks say less than the file that was not read.
    if (cameAndWent && differences.every(({ field }) => field === 'version' || field === 'name')) return true
    // The next client removes the file of one that was killed. Old transcripts do not say how they ended, and a session that was
    // resumed without a prompt has no new row.
    if (last?.state.status === 'failed' && shown.status === 'completed' && last.state.version === old) return true
    // Then the board has the end before that.
    return (
      cameAndWent &&
      shown.status !== 'active' &&
      differences.every(({ field }) => field === 'status' || field === 'version' || field === 'name')
    )
  }

  #limit(aspect: Aspect): number {
    const { limits, isStretched } = this.#options
    return limits[aspect] * (isStretched ? Math.max(1, this.#load / os.availableParallelism()) : 1)
  }

  /** Sessions on the board that no client ever had. One that a client names and has not begun yet may become one. */
  #findStrangers(sessions: ReadonlyMap<string, Session>, starting: ReadonlySet<string>, now: number): void {
    for (const id of sessions.keys()) {
      if (this.#options.truth.sessions.has(id) || starting.has(id)) this.#strangers.delete(id)
      else if (!this.#strangers.has(id)) this.#strangers.set(id, now)
    }
    for (const [id, since] of this.#strangers) {
      if (since === Number.POSITIVE_INFINITY || now - since <= this.#limit('facts')) continue
      this.#strangers.set(id, Number.POSITIVE_INFINITY)
      if (diedBeforeItsFirstStatus(sessions.get(id))) continue
      const differences = [{ field: 'session', truth: 'no client had it', shown: sessions.get(id)?.status }]
      this.wrong.push({
        aspect: 'state',
        sessionId: id,
        what: 'a session that never was',
        afterMs: now - since,
        differences,
        at: now,
        shown: sessions.get(id),
      })
    }
  }
}

/** Whether it is of a client that has run its first hook and was killed before it wrote a status: the session was there. */
function diedBeforeItsFirstStatus(shown: Session | undefined): boolean {
  const hasEnded = shown?.status === 'failed' || shown?.status === 'completed'
  return hasEnded && shown.claude_code?.sources.includes('hook') === true
}

/** Whether a hook may have reported the status before the client has written its file: a session that began again, or has ended. */
function mayBeAhead(shown: Session | undefined, differences: readonly Difference[]): boolean {
  return differences.some(({ field }) => field === 'status') && shown?.claude_code?.sources.includes('hook') === true
}

function lateOf({ aspect, sessionId, differences, at }: Wrong): Pick<Late, 'aspect' | 'sessionId' | 'differences' | 'at'> {
  return { aspect, sessionId, differences, at }
}

function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}

/** Counts the processes that want a core at this moment, this one included. */
function countRunning(): number {
  try {
    return Number(/^procs_running (\d+)$/m.exec(fs.readFileSync('/proc/stat', 'latin1'))?.[1] ?? 0)
  } catch {
    // Only Linux has the exact number.
    return os.loadavg()[0] ?? 0
  }
}
