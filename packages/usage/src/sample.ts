import type { Call } from '@signalbox/contract/call'
import { type Random, randomFrom } from './random.ts'
import { addDays, DAY, HOUR, localDay, MINUTE, startOfDay } from './zone.ts'

/** A realistic call and its machine. */
export interface SampleCall {
  readonly machine: string
  readonly call: Call
}

export interface SampleOptions {
  /** The end of the month, in milliseconds since 1970. */
  readonly now: number
  readonly seed?: number
  /** The number of days before `now` with calls. */
  readonly days?: number
  /** The time zone of the working hours, as an IANA name. */
  readonly timezone?: string
  /** The number of machines, up to eight. */
  readonly machines?: number
  /** Whether sessions run at its end, which go on after it. */
  readonly live?: boolean
}

export interface Sample {
  /** All calls up to `now`, oldest first. A day has the same calls in every sample. */
  readonly month: Iterable<SampleCall>
  /**
   * Returns the calls since the former call of this function, oldest first: a few every few seconds, at any time of day.
   * @param now milliseconds since 1970, not before that of the former call
   */
  nextCalls(now: number): SampleCall[]
}

interface Machine {
  readonly name: string
  readonly home: string
  /** The number of sessions on a working day, and on a day off. */
  readonly sessions: readonly [number, number]
  /** The local hours between which sessions begin. */
  readonly hours: readonly [number, number]
}

const allMachines: readonly Machine[] = [
  { name: 'ada-laptop', home: '/Users/ada/code', sessions: [4, 1], hours: [8.5, 18] },
  { name: 'grace-desktop', home: '/home/grace/src', sessions: [3, 0], hours: [9.5, 19] },
  { name: 'rack-1', home: '/srv/rack-1', sessions: [3, 1], hours: [7, 22] },
  { name: 'rack-2', home: '/srv/rack-2', sessions: [2, 1], hours: [0, 24] },
  { name: 'rack-3', home: '/srv/rack-3', sessions: [2, 1], hours: [0, 24] },
  { name: 'katherine-mac', home: '/Users/katherine/dev', sessions: [2, 0], hours: [8, 17] },
  { name: 'edsger-laptop', home: '/home/edsger/work', sessions: [1, 0], hours: [10, 18] },
  { name: 'build-mac', home: '/Users/build/jobs', sessions: [1, 1], hours: [0, 24] },
]

const projects = [
  { name: 'timetable-api', weight: 5, branches: ['main', 'feat/holiday-service', 'fix/dst-departures', 'chore/upgrade-postgres'] },
  { name: 'platform-web', weight: 4, branches: ['main', 'feat/live-board', 'fix/safari-clock'] },
  { name: 'signal-firmware', weight: 2, branches: ['main', 'refactor/interlocking'] },
  { name: 'ticket-machine', weight: 2, branches: ['main', 'feat/contactless'] },
  { name: 'ops-notebooks', weight: 1, branches: ['main'] },
]

// The models of each purpose, with the day of their release.
const strong = [
  ['2020-01-01', 'claude-opus-5'],
  ['2026-09-22', 'claude-opus-5-5'],
] as const
const everyday = [
  ['2020-01-01', 'claude-sonnet-5'],
  ['2026-09-28', 'claude-sonnet-5-5'],
] as const
const quick = [
  ['2020-01-01', 'claude-haiku-4-5-20251001'],
  ['2026-10-07', 'claude-haiku-5-5'],
] as const
const deep = [
  ['2020-01-01', 'claude-fable-5'],
  ['2026-09-01', 'claude-fable-5-1'],
  ['2026-11-09', 'claude-fable-5-2'],
] as const
const versions = ['2.3.4', '2.3.7', '2.4.0', '2.4.1']

/** The context length in tokens from which Claude Code compacts the conversation. */
const COMPACTION_TOKENS = 165_000
/** The number of live sessions at any time. */
const LIVE_SESSIONS = 3

/** Creates a realistic month of usage by a small team, which then continues; the same for the same seed. For demonstrations. */
export function makeSample(options: SampleOptions): Sample {
  const { now, seed = 1, days = 31, timezone = 'UTC', machines: count = 4, live: hasLive = true } = options
  const machines = allMachines.slice(0, count)
  const today = localDay(timezone, now)
  const live = Array.from({ length: hasLive ? LIVE_SESSIONS : 0 }, (_, nth) =>
    liveSessions(randomFrom(hash(seed, 7, nth)), machines[nth]!, now),
  )
  const liveCalls: SampleCall[] = live.flatMap((session) => session(now))

  function* month(): Generator<SampleCall> {
    // Sessions of one day may last into the next, so the calls of a day are complete after the next day was generated.
    let pending: SampleCall[] = []
    for (let back = days; back >= 0; back--) {
      const day = addDays(today, -back)
      for (const [nth, machine] of machines.entries()) pending.push(...dayCalls(seed, nth, machine, day, timezone))
      if (back === 0) pending.push(...liveCalls)
      pending.sort(byTime)
      const end = back === 0 ? now : startOfDay(timezone, addDays(day, 1))
      const cut = pending.findIndex(({ call }) => Date.parse(call.at) >= end)
      yield* cut === -1 ? pending : pending.slice(0, cut)
      pending = cut === -1 ? [] : pending.slice(cut)
    }
  }

  return {
    month: { [Symbol.iterator]: month },
    nextCalls: (later) => live.flatMap((session) => session(later)).sort(byTime),
  }
}

function byTime(a: SampleCall, b: SampleCall): number {
  return a.call.at < b.call.at ? -1 : a.call.at > b.call.at ? 1 : a.call.key < b.call.key ? -1 : 1
}

function dayCalls(seed: number, nth: number, machine: Machine, day: string, timezone: string): SampleCall[] {
  const start = startOfDay(timezone, day)
  const random = randomFrom(hash(seed, nth, Date.parse(day) / DAY))
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  const usual = machine.sessions[weekday === 0 || weekday === 6 ? 1 : 0]!
  const calls: SampleCall[] = []
  for (let count = Math.max(0, usual + random.int(-1, 1)); count > 0; count--) {
    const [from, to] = machine.hours
    const begin = start + (from + random.next() * (to - from)) * HOUR
    const end = begin + random.int(12, 140) * MINUTE
    for (const call of session(random, machine, begin, 'working')) {
      if (Date.parse(call.at) >= end) break
      calls.push({ machine: machine.name, call })
    }
  }
  return calls
}

/** An endless sequence of sessions. The returned function gives the calls up to an instant. */
function liveSessions(random: Random, machine: Machine, now: number): (until: number) => SampleCall[] {
  let calls = session(random, machine, now - random.int(35, 100) * MINUTE, 'live')
  let left = random.int(300, 900)
  let next = calls.next().value
  return (until) => {
    const made: SampleCall[] = []
    while (Date.parse(next.at) <= until) {
      made.push({ machine: machine.name, call: next })
      left--
      if (left === 0) {
        calls = session(random, machine, Date.parse(next.at) + random.int(5, 20) * 1_000, 'live')
        left = random.int(300, 900)
      }
      next = calls.next().value
    }
    return made
  }
}

/** The calls of one endless session: turns with pauses between them, and sometimes a subagent. */
function* session(random: Random, machine: Machine, begin: number, pace: 'working' | 'live'): Generator<Call, never> {
  const project = random.pick(projects.flatMap((each) => Array.from({ length: each.weight }, () => each)))
  const day = new Date(begin).toISOString().slice(0, 10)
  const kind = random.next()
  const model = newest(kind < 0.5 ? strong : kind < 0.8 ? everyday : kind < 0.9 ? deep : quick, day)
  const place = {
    session_id: random.uuid(),
    cwd: `${machine.home}/${project.name}`,
    git_branch: random.pick(project.branches),
    version: random.pick(versions),
  }
  const fast = random.chance(0.04)
  let clock = begin
  let context = 0
  while (true) {
    // A turn: the user sends a prompt, and the model works until it has a response.
    for (let calls = random.int(3, 30); calls > 0; calls--) {
      clock += random.int(2_000, pace === 'live' ? 14_000 : 26_000)
      const added = random.int(150, 1_500) + (random.chance(0.15) ? random.int(2_000, 14_000) : 0)
      if (context > COMPACTION_TOKENS) context = 0
      const read = context === 0 ? 14_200 : context
      const written = context === 0 ? random.int(6_000, 22_000) : added
      yield call(random, clock, model, { ...place, is_sidechain: false, read, write_1h: written, ...(fast ? { speed: 'fast' } : {}) })
      context = read + written
      if (random.chance(0.012)) clock = yield* subagent(random, clock, day, place)
    }
    const pause =
      pace === 'live' ? random.int(4, 25) * 1_000 : random.chance(0.12) ? random.int(8, 75) * MINUTE : random.int(15, 240) * 1_000
    clock += pause
    // The cache expires after an hour.
    if (pause > HOUR) {
      yield call(random, clock, model, { ...place, is_sidechain: false, read: 0, write_1h: context })
    }
  }
}

/** The short conversation of a subagent, whose cache lasts five minutes. */
function* subagent(random: Random, begin: number, day: string, place: Partial<Call>): Generator<Call, number> {
  const agent_id = `a${random.hex(15)}`
  const model = newest(random.chance(0.7) ? quick : everyday, day)
  let clock = begin
  let context = 0
  for (let calls = random.int(5, 28); calls > 0; calls--) {
    clock += random.int(1_500, 9_000)
    const written = context === 0 ? random.int(5_000, 16_000) : random.int(200, 6_000)
    const searches = random.chance(0.05) ? { web_searches: random.int(1, 3) } : {}
    yield call(random, clock, model, { ...place, ...searches, agent_id, is_sidechain: true, read: context, write_5m: written })
    context += written
  }
  return clock
}

function call(random: Random, at: number, model: string, over: Partial<Call>): Call {
  return {
    key: `msg_01${random.id(22)}`,
    request_id: `req_011C${random.id(20)}`,
    at: new Date(at).toISOString(),
    model,
    is_sidechain: false,
    input: random.chance(0.9) ? random.int(1, 12) : random.int(300, 2_500),
    output: random.chance(0.75) ? random.int(60, 700) : random.int(700, 4_200),
    write_5m: 0,
    write_1h: 0,
    read: 0,
    service_tier: 'standard',
    ...over,
  }
}

function newest(choices: readonly (readonly [from: string, model: string])[], day: string): string {
  return choices.findLast(([from]) => from <= day)?.[1] ?? choices[0]![1]
}

/** Hashes several numbers to one seed, so that each day of each machine has its own. */
function hash(...parts: number[]): number {
  let mixed = 0x811c9dc5
  for (const part of parts) mixed = Math.imul(mixed ^ part, 0x01000193) ^ (mixed >>> 13)
  return mixed
}
