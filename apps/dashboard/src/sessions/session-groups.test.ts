import { expect, test } from 'vitest'
import { createClaude, createBoardSession as session } from '../hub/session.fixture.ts'
import { groupSessions } from './session-groups.ts'

const sessions = [
  session('a', { project_id: '/home/ada/loom' }),
  session('b', { project_id: '/home/ada/engine', claude_code: createClaude({ branch: 'main' }) }),
  session('c', { project_id: '/home/ada/engine/.claude/worktrees/crank', machine_id: 'boreas', activity: 'waiting' }),
]
const projects = new Map([
  ['/home/ada/loom', 'loom'],
  ['/home/ada/engine', 'engine'],
])
const group = (by: Parameters<typeof groupSessions>[1]) =>
  groupSessions(sessions, by, projects).map(({ title, sessions }) => [title, sessions.map(({ session_id }) => session_id).join()])

test('a project has its worktrees, and the group that needs attention comes first', () => {
  expect(group('project')).toEqual([
    ['engine', 'b,c'],
    ['loom', 'a'],
  ])
})

test('sessions without a branch are a group of their own', () => {
  expect(group('branch')).toEqual([
    ['No branch known', 'a,c'],
    ['main', 'b'],
  ])
})

test('without a grouping there is one group, in the given order', () => {
  expect(group('none')).toEqual([['', 'a,b,c']])
  expect(group('machine')).toEqual([
    ['boreas', 'c'],
    ['atlas', 'a,b'],
  ])
})
