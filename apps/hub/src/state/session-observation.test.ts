import { type SessionSource, sessionSources } from '@signalbox/contract/claude-session'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf } from '../clock.ts'
import type { LoadedSession, Rules } from './change-set.ts'
import { implicitMachine } from './machine-record.ts'
import { observeSession } from './session-observation.ts'
import { type SessionRecord, toSession } from './session-record.ts'
import type { TaskRecord } from './task-record.ts'

const SESSION = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
const START = Date.parse('2026-10-06T09:00:00.000Z')
const NOW = START + 3_600_000
const rules: Rules = { stallMs: 300_000, machineOfflineMs: 600_000, stalledFailMs: 86_400_000 }

let count = 0
function observation(seconds: number, source: SessionSource, more: Partial<SessionObservation> = {}): SessionObservation {
  count++
  return {
    observation_id: `${source}:${count}`,
    session_id: SESSION,
    source,
    at: instantOf(START + seconds * 1000),
    project_id: 'signalbox',
    ...more,
  }
}

/** Applies batches of observations one after the other, as a store would. */
function observe(batches: readonly (readonly SessionObservation[])[], tasks: readonly TaskRecord[] = [], now = NOW): SessionRecord {
  let session: SessionRecord | undefined
  for (const batch of batches) {
    const state: LoadedSession = { session, tasks, machine: implicitMachine('laptop', NOW, 600_000), taken: [] }
    session = observeSession(state, batch, 'laptop', now, rules).session ?? session
  }
  return session!
}

/** What must not depend on the order. The start of an activity is only known exactly where its reports come in order. */
function believed(record: SessionRecord) {
  const { claude_code, ...session } = toSession(record)
  const { activity_since: _, ...claude } = claude_code!
  const { status, activity, waiting_for, started_at, completed_at, last_heartbeat } = session
  return { status, activity, waiting_for, started_at, completed_at, last_heartbeat, claude }
}

const text = fc.constantFrom('a', 'b', 'c')
const activity = fc.constantFrom('working' as const, 'waiting' as const, 'idle' as const)
const agent = fc.constantFrom('x', 'y', 'z')
const content = fc.record(
  {
    alive: fc.boolean(),
    end: fc.record(
      { outcome: fc.constantFrom('completed' as const, 'failed' as const), reason: text, inferred: fc.constant(true as const) },
      { requiredKeys: ['outcome', 'reason'] },
    ),
    activity,
    fields: fc.record(
      {
        name: text,
        model: text,
        branch: text,
        cost_usd: fc.nat(9),
        context_tokens: fc.nat(9),
        permission_mode: text,
        limited_until: fc.constantFrom(instantOf(NOW), null),
        turn_error: fc.option(text, { nil: null }),
      },
      { requiredKeys: [] },
    ),
    subagents_running: fc.uniqueArray(agent),
    tasks: fc.uniqueArray(fc.record({ task_id: agent, name: text, status: fc.constantFrom('pending' as const, 'completed' as const) }), {
      selector: ({ task_id }) => task_id,
    }),
    all_tasks: fc.boolean(),
    event: fc.constant({ kind: 'started' as const, reason: 'resume' }),
  },
  { requiredKeys: [] },
)
/** Each at an instant of its own: of two values of one instant the one that came later counts. */
const observations = fc
  .uniqueArray(
    fc.tuple(fc.nat(2_000), fc.constantFrom(...sessionSources), content, fc.constantFrom('started', 'ended', undefined), agent),
    {
      selector: ([at]) => at,
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((all) =>
    all.map(([at, source, more, what, agent_id]): SessionObservation => {
      const subagents = what === undefined ? [] : [{ agent_id, agent_type: 'Explore', [`${what}_at`]: instantOf(START + at * 1000) }]
      return { ...observation(at, source, more), ...(subagents.length === 0 ? {} : { subagents }) }
    }),
  )

describe('observations', () => {
  it('give the same session in any order, divided in any way and repeated at will', () => {
    const cases = observations.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 24, maxLength: 24 }),
      ),
    )
    fc.assert(
      fc.property(cases, ([inOrder, shuffled, sizes]) => {
        const batches: SessionObservation[][] = []
        const rest = [...shuffled]
        while (rest.length > 0) batches.push(rest.splice(0, sizes[batches.length]!))
        expect(believed(observe(batches))).toEqual(believed(observe([inOrder])))
      }),
      { numRuns: 1000 },
    )
  })

  it('that are repeated exactly change nothing at all', () => {
    fc.assert(
      fc.property(observations, (all) => {
        const session = observe([all])
        const state: LoadedSession = { session, tasks: [], machine: implicitMachine('laptop', NOW, 600_000), taken: [] }
        const again = observeSession(state, all, 'laptop', NOW + 1000, rules)
        expect([again.session, again.events, again.result]).toEqual([undefined, [], {}])
      }),
      { numRuns: 1000 },
    )
  })

  it.each<[what: string, observations: SessionObservation[], status: string, at: number | undefined, reason: string | undefined]>([
    ['alive', [observation(0, 'process-file', { alive: true })], 'active', undefined, undefined],
    [
      'gone: the process has ended',
      [
        observation(0, 'process-file', { alive: true }),
        observation(60, 'process-file', { end: { outcome: 'failed', reason: 'process ended' } }),
      ],
      'failed',
      60,
      'process ended',
    ],
    [
      'completed, though its process is found gone after that',
      [
        observation(60, 'hook', { end: { outcome: 'completed', reason: 'prompt_input_exit' } }),
        observation(61, 'process-file', { end: { outcome: 'failed', reason: 'process ended' } }),
      ],
      'completed',
      60,
      undefined,
    ],
    [
      'failed as its witness saw, though a collector that did not run then infers another end',
      [
        observation(60, 'witness', { end: { outcome: 'failed', reason: 'process ended' } }),
        observation(99, 'process-file', { end: { outcome: 'completed', reason: 'ended while not watched', inferred: true } }),
      ],
      'failed',
      60,
      'process ended',
    ],
    [
      'completed as inferred, where nothing better is known',
      [
        observation(0, 'process-file', { alive: true }),
        observation(99, 'process-file', { end: { outcome: 'completed', reason: 'ended while not watched', inferred: true } }),
      ],
      'completed',
      99,
      undefined,
    ],
    [
      'completed, though its process lived on for a moment to run its last hooks',
      [observation(60, 'hook', { end: { outcome: 'completed', reason: 'other' } }), observation(62, 'process-file', { alive: true })],
      'completed',
      60,
      undefined,
    ],
    [
      'resumed soon after its end, as its hook says',
      [observation(60, 'hook', { end: { outcome: 'completed', reason: 'other' } }), observation(62, 'hook', { alive: true })],
      'active',
      undefined,
      undefined,
    ],
    [
      'resumed soon after its end by a client whose hook does not say so, as the file of the new process says',
      [
        observation(60, 'hook', { end: { outcome: 'completed', reason: 'other' } }),
        observation(62, 'process-file', { alive: true, event: { kind: 'started', reason: 'resume' } }),
        observation(63, 'process-file', { alive: true, activity: 'idle' }),
      ],
      'active',
      undefined,
      undefined,
    ],
    [
      'resumed: it is seen alive later',
      [
        observation(60, 'witness', { end: { outcome: 'failed', reason: 'process ended' } }),
        observation(61, 'process-file', { alive: true }),
      ],
      'active',
      undefined,
      undefined,
    ],
    [
      'ended again after it was resumed',
      [
        observation(60, 'hook', { end: { outcome: 'completed', reason: 'other' } }),
        observation(90, 'process-file', { alive: true }),
        observation(99, 'process-file', { end: { outcome: 'failed', reason: 'process ended' } }),
      ],
      'failed',
      99,
      'process ended',
    ],
  ])('show a session that is %s', (_, all, status, at, reason) => {
    for (const batches of [[all], all.map((one) => [one]), all.toReversed().map((one) => [one])]) {
      const record = observe(batches)
      expect([record.status, record.completed_at]).toEqual([status, at === undefined ? null : START + at * 1000])
      expect(JSON.parse(record.history).failure?.reason).toBe(reason)
    }
  })

  it('of the future count as of now, so that a clock that was wrong does not overrule the others for long', () => {
    const wrong = observation(999_999, 'process-file', { alive: true, activity: 'working', fields: { name: 'wrong' } })
    const right = observation(3_700, 'process-file', { alive: true, activity: 'idle', fields: { name: 'right' } })
    const before = observe([[wrong]])
    expect([before.started_at, before.last_heartbeat]).toEqual([NOW, NOW])
    const state = { session: before, tasks: [], machine: undefined, taken: [] }
    const after = toSession(observeSession(state, [right], 'laptop', START + 3_701_000, rules).session!)
    expect([after.activity, after.claude_code?.name]).toEqual(['idle', 'right'])
  })

  it('of a clock that is ahead change nothing when they are repeated, in any order and whenever', () => {
    const cases = observations.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: 1 }), fc.nat(2_000), fc.nat(4_000), fc.boolean()),
    )
    fc.assert(
      fc.property(cases, ([all, repeated, arrived, later, together]) => {
        const now = START + arrived * 1000 + 500
        const session = observe([all], [], now)
        let after = session
        for (const batch of together ? [repeated] : repeated.map((one) => [one])) {
          const state: LoadedSession = { session: after, tasks: [], machine: implicitMachine('laptop', NOW, 600_000), taken: [] }
          after = observeSession(state, batch, 'laptop', now + later * 1000, rules).session ?? after
        }
        expect(believed(after)).toEqual(believed(session))
      }),
      { numRuns: 1000 },
    )
  })

  it('that a session has ended, from a clock that is ahead, do not end it again when they are repeated after a resume', () => {
    const end = observation(120, 'hook', { end: { outcome: 'completed', reason: 'other' } })
    const alive = observation(10, 'hook', { alive: true })
    let session: SessionRecord | undefined
    const statuses = [
      [end, 0],
      [alive, 10],
      [end, 20],
      [{ ...end, observation_id: 'another' }, 30],
      [end, 300],
    ].map(([one, seconds]) => {
      const state: LoadedSession = { session, tasks: [], machine: undefined, taken: [] }
      session = observeSession(state, [one as SessionObservation], 'laptop', START + (seconds as number) * 1000, rules).session ?? session
      return session!.status
    })
    expect(statuses).toEqual(['completed', 'active', 'active', 'active', 'active'])
  })

  it('say since when an activity lasts, though a source repeats it', () => {
    const record = observe([
      [observation(10, 'hook', { activity: 'working' }), observation(20, 'hook', { activity: 'working' })],
      [observation(30, 'hook', { activity: 'waiting', waiting_for: 'permission' })],
      [observation(40, 'hook', { activity: 'waiting', waiting_for: 'permission' })],
    ])
    expect(toSession(record)).toMatchObject({
      activity: 'waiting',
      waiting_for: 'permission',
      waiting_since: instantOf(START + 30_000),
      claude_code: { activity_since: instantOf(START + 30_000) },
    })
  })

  it('leave the activity that a client has set until there is news', () => {
    const record = { ...observe([[observation(10, 'hook', { activity: 'working' })]]), activity: 'idle' as const }
    const next = (more: Partial<SessionObservation>) => {
      const state = { session: record, tasks: [], machine: undefined, taken: [] }
      return observeSession(state, [observation(20, 'hook', more)], 'laptop', NOW, rules).session!.activity
    }
    expect([next({ fields: { name: 'a' } }), next({ activity: 'working' }), next({ activity: 'waiting' })]).toEqual([
      'idle',
      'idle',
      'waiting',
    ])
  })

  it('end the subagents that are not on a later list, and those of a session that ended', () => {
    const started = (agent_id: string, at: number) =>
      observation(at, 'hook', { subagents: [{ agent_id, agent_type: 'Explore', started_at: instantOf(START + at * 1000) }] })
    const running = (batches: SessionObservation[][]) => toSession(observe(batches)).claude_code!
    const three = [started('a', 1), started('b', 2), started('c', 9)]
    expect(running([three]).subagents_running).toBe(3)
    const listed = running([[...three, observation(5, 'hook', { subagents_running: ['b'] })]])
    expect(listed.subagents.map(({ agent_id, ended_at }) => [agent_id, ended_at])).toEqual([
      ['a', instantOf(START + 5_000)],
      ['b', undefined],
      ['c', undefined],
    ])
    const ended = running([three, [observation(20, 'process-file', { end: { outcome: 'failed', reason: 'process ended' } })]])
    expect([ended.subagents_running, ended.subagents[0]?.ended_at]).toEqual([0, instantOf(START + 20_000)])
  })

  it('replace the list of tasks where they have all of it', () => {
    const task = (task_id: string, name: string) => ({ task_id, name, status: 'pending' as const })
    const names = (batches: SessionObservation[][]) => toSession(observe(batches)).claude_code!.tasks.map(({ name }) => name)
    const first = observation(1, 'hook', { tasks: [task('2', 'b'), task('10', 'j'), task('1', 'a')] })
    expect(names([[first]])).toEqual(['a', 'b', 'j'])
    const all = observation(5, 'hook', { tasks: [task('2', 'B')], all_tasks: true })
    expect([names([[first, all]]), names([[all], [first]])]).toEqual([['B'], ['B']])
    expect(names([[all, observation(6, 'hook', { tasks: [], all_tasks: true })]])).toEqual([])
  })

  it('with names that JavaScript knows are only names', () => {
    const record = observe([
      [
        observation(1, 'hook', {
          subagents: [{ agent_id: '__proto__', started_at: instantOf(START) }],
          tasks: [{ task_id: 'constructor', name: 'x', status: 'pending' }],
        }),
      ],
      [observation(2, 'hook', { tasks: [{ task_id: '__proto__', name: 'y', status: 'pending' }] })],
    ])
    const { claude_code } = toSession(record)
    expect([claude_code!.subagents.length, claude_code!.tasks.length]).toEqual([1, 2])
  })
})
