import { expect, test } from 'vitest'
import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import { at, createClaude, createListedMachine, createBoardSession as session } from '../hub/session.fixture.ts'
import { buildBoardView } from './board-view.ts'
import { countFleet } from './fleet-counts.ts'
import type { SessionSearch } from './session-search.ts'
import { formatState, needsAttention, stateSince } from './session-state.ts'

const ids = (sessions: readonly BoardSession[]) => sessions.map(({ session_id }) => session_id)

function machines(...ids: string[]): Map<string, ListedMachine> {
  return new Map(ids.map((id) => [id, createListedMachine(id)]))
}

test('sessions of a machine that need attention come first, then by slot, those without a slot last', () => {
  const {
    machines: [atlas],
  } = buildBoardView(
    [
      session('none'),
      session('two', { docker_slot: 2 }),
      session('ten', { docker_slot: 10 }),
      session('stalled', { docker_slot: 11, status: 'stalled' }),
      session('waiting', { docker_slot: 12, activity: 'waiting', waiting_for: 'permission', waiting_since: at }),
    ],
    machines('atlas'),
  )
  expect(ids(atlas?.live ?? [])).toEqual(['waiting', 'stalled', 'two', 'ten', 'none'])
  expect([...(atlas?.usedSlots ?? [])].sort()).toEqual([10, 11, 12, 2].sort())
})

test('machines are sorted by name, including those without a session and those not listed yet', () => {
  const view = buildBoardView([session('a', { machine_id: 'rack-10' }), session('b', { machine_id: 'new' })], machines('rack-10', 'rack-2'))
  expect(view.machines.map(({ machineId }) => machineId)).toEqual(['new', 'rack-2', 'rack-10'])
  expect(view.machines[0]?.machine).toBeUndefined()
})

test('sessions that need attention are listed across machines, the longest waiting first', () => {
  const late = '2026-11-09T12:05:00.000Z'
  const view = buildBoardView(
    [
      session('failed', { status: 'failed', completed_at: at }),
      session('later', { activity: 'waiting', waiting_since: late }),
      session('stalled', { status: 'stalled', machine_id: 'boreas' }),
      session('sooner', { activity: 'waiting', waiting_since: at, machine_id: 'boreas' }),
      session('fine', { activity: 'working' }),
      session('done', { status: 'completed', completed_at: at }),
    ],
    new Map(),
  )
  expect(ids(view.needAttention)).toEqual(['sooner', 'later', 'stalled', 'failed'])
  expect(ids(view.machines[0]?.ended ?? [])).toEqual(['failed', 'done'])
})

test('a session must match every filter, machines without a match are left out, and used slots ignore the filters', () => {
  const sessions = [
    session('a', { docker_slot: 1 }),
    session('b', { docker_slot: 2, project_id: 'loom', status: 'stalled' }),
    session('c', { machine_id: 'boreas', project_id: 'loom' }),
  ]
  const loom = buildBoardView(sessions, machines('atlas', 'boreas', 'ceto'), { project: 'loom' })
  expect(loom.machines.map(({ machineId, live }) => [machineId, ...ids(live)])).toEqual([
    ['atlas', 'b'],
    ['boreas', 'c'],
  ])
  expect(loom.machines[0]?.usedSlots.size).toBe(2)
  expect(buildBoardView(sessions, machines('atlas'), { status: 'attention' }).matching.length).toBe(1)
  expect(buildBoardView(sessions, machines('atlas', 'ceto'), { machine: 'ceto' })).toMatchObject({
    matching: [],
    machines: [{ machineId: 'ceto' }],
  })
  expect(buildBoardView(sessions, machines('atlas'), { status: 'active', project: 'loom', machine: 'atlas' }).machines).toEqual([])
})

test('a session that waits stays waiting however long it is silent; a paused one needs no attention', () => {
  const silent = session('a', { status: 'stalled', activity: 'waiting', waiting_for: 'permission' })
  expect(formatState(silent)).toBe('Waiting for permission')
  expect(buildBoardView([silent], new Map(), { status: 'waiting' }).matching).toEqual([silent])
  expect(buildBoardView([silent], new Map(), { status: 'stalled' }).matching).toEqual([])
  expect(formatState({ status: 'stalled', activity: 'working' })).toBe('Stalled')
  expect(formatState({ status: 'active', activity: 'waiting', waiting_for: 'input' })).toBe('Waiting for input')
  expect(needsAttention({ status: 'paused', activity: 'waiting' })).toBe(false)
})

test('each status is counted once, and waiting sessions among the active ones', () => {
  expect(
    countFleet([
      session('a', { activity: 'waiting' }),
      session('b', { machine_id: 'boreas' }),
      session('c', { status: 'stalled', activity: 'waiting' }),
      session('e', { status: 'stalled' }),
      session('d', { status: 'failed', completed_at: at }),
    ]),
  ).toEqual({ active: 3, machines: 2, waiting: 2, paused: 0, stalled: 1, unseen: 0, failed: 1, completed: 0 })
})

test('a session that is not seen needs no attention, and counts as neither active, working nor waiting', () => {
  const lost = { activity: 'waiting', waiting_for: 'permission', not_seen_since: at } as const
  const sessions = [session('a', lost), session('b', { activity: 'waiting', machine_id: 'boreas' })]
  expect(formatState(session('a', lost))).toBe('Not seen')
  expect(countFleet(sessions)).toMatchObject({ active: 1, machines: 1, waiting: 1, unseen: 1 })
  const view = (status: 'unseen' | 'active' | 'waiting' | 'attention') =>
    buildBoardView(sessions, new Map(), { status }).machines.flatMap(({ live }) => ids(live))
  expect(view('unseen')).toEqual(['a'])
  for (const status of ['active', 'waiting', 'attention'] as const) expect(view(status)).toEqual(['b'])
})

test('the time since when a state has lasted is that of the state shown', () => {
  const late = '2026-11-09T12:05:00.000Z'
  const claude_code = createClaude({ activity_since: late })
  expect(stateSince(session('a', { activity: 'working', claude_code }))).toBe(late)
  expect(stateSince(session('a', { activity: 'waiting', waiting_since: at, claude_code }))).toBe(at)
  expect(stateSince(session('a', { activity: 'working', claude_code, not_seen_since: at }))).toBe(at)
  expect(stateSince(session('a', { status: 'paused', activity: 'working', claude_code }))).toBeUndefined()
  expect(stateSince(session('a', { activity: 'working' }))).toBeUndefined()
})

test('those that need attention come first, then the newest, and what has ended well comes last', () => {
  const later = '2026-11-09T12:30:00.000Z'
  const sessions = [
    session('old', { activity: 'working' }),
    session('done', { status: 'completed', started_at: later, completed_at: later }),
    session('failed', { status: 'failed', completed_at: at }),
    session('new', { started_at: later }),
    session('asks', { activity: 'waiting' }),
    session('asks-newer', { activity: 'waiting', started_at: later }),
  ]
  expect(ids(buildBoardView(sessions, new Map()).matching)).toEqual(['asks-newer', 'asks', 'failed', 'new', 'old', 'done'])
})

test('a dismissed session needs no attention and is not listed, unless it is asked for or has ended once more', () => {
  const failed = session('a', { status: 'failed', completed_at: at })
  const dismissed = new Map([['a', at]])
  const hidden = buildBoardView([failed], new Map(), {}, dismissed)
  expect([hidden.matching, hidden.needAttention, hidden.machines, hidden.dismissedCount]).toEqual([[], [], [], 1])
  const shown = buildBoardView([failed], new Map(), { dismissed: 'show' }, dismissed)
  expect([ids(shown.matching), shown.needAttention]).toEqual([['a'], []])
  const again = { ...failed, completed_at: '2026-11-09T13:00:00.000Z' }
  expect(ids(buildBoardView([again], new Map(), {}, dismissed).needAttention)).toEqual(['a'])
})

test('sessions are found by every word, in any of what is shown, and by branch', () => {
  const sessions = [
    session('a', { claude_code: createClaude({ branch: 'feat/crank', name: 'Oil the crank' }) }),
    session('b', { machine_id: 'boreas' }),
  ]
  const found = (search: SessionSearch) => ids(buildBoardView(sessions, new Map(), search).matching)
  expect(found({ find: 'CRANK atlas' })).toEqual(['a'])
  expect(found({ find: 'crank boreas' })).toEqual([])
  expect(found({ branch: 'feat/crank' })).toEqual(['a'])
})
