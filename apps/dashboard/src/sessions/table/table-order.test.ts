import { expect, test } from 'vitest'
import type { BoardSession } from '../../hub/answer.ts'
import { createClaude, createBoardSession as session } from '../../hub/session.fixture.ts'
import { groupSessions } from '../session-groups.ts'
import { nextSort, sortSessions, toLines } from './table-order.ts'

const ids = (sessions: readonly BoardSession[]) => sessions.map(({ session_id }) => session_id).join()
const sessions = [
  session('cheap', { claude_code: createClaude({ cost_usd: 0 }) }),
  session('unknown', { machine_id: 'rack-10' }),
  session('dear', { machine_id: 'rack-2', claude_code: createClaude({ cost_usd: 14 }) }),
]

test('a column sorts in both directions, and what is unknown stays last', () => {
  expect(ids(sortSessions(sessions, 'cost', new Map()))).toBe('cheap,dear,unknown')
  expect(ids(sortSessions(sessions, '-cost', new Map()))).toBe('dear,cheap,unknown')
  expect(ids(sortSessions(sessions, 'machine', new Map()))).toBe('cheap,dear,unknown')
  expect(ids(sortSessions(sessions, undefined, new Map()))).toBe('cheap,unknown,dear')
})

test('choosing a column again turns it around, then leaves the usual order', () => {
  expect(nextSort(undefined, 'cost')).toBe('-cost')
  expect(nextSort('-cost', 'cost')).toBe('cost')
  expect(nextSort('cost', 'cost')).toBeUndefined()
  expect(nextSort('-cost', 'project')).toBe('project')
  expect(nextSort('project', 'project')).toBe('-project')
})

test('a folded group keeps its head alone', () => {
  const groups = groupSessions(sessions, 'machine', new Map())
  const shape = (folded: readonly string[]) =>
    toLines(groups, new Set(folded)).map((line) => (line.kind === 'group' ? `${line.title} ${line.count}` : line.session.session_id))
  expect(shape([])).toEqual(['atlas 1', 'cheap', 'rack-2 1', 'dear', 'rack-10 1', 'unknown'])
  expect(shape(['atlas', 'rack-10'])).toEqual(['atlas 1', 'rack-2 1', 'dear', 'rack-10 1'])
  expect(toLines(groupSessions(sessions, 'none', new Map()), new Set())).toHaveLength(3)
})
