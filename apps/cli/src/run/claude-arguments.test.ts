import { expect, it } from 'vitest'
import { planRun } from './claude-arguments.ts'

const id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
const plan = (line: string, isTerminal = true) => planRun(line.split(' '), isTerminal)

it('a new session of Claude Code gets an id, in front of its other arguments', () => {
  for (const line of [
    'claude',
    'claude fix it',
    '/opt/bin/claude --model opus',
    'npx -y @anthropic-ai/claude-code@2 -p hi',
    'timeout 60 claude -p hi',
  ]) {
    const { words, sessionId, program, resumed } = plan(line)
    expect({ program, resumed }).toEqual({ program: 'claude', resumed: false })
    const index = words.indexOf('--session-id')
    expect(words[index - 1]).toMatch(/claude/)
    expect(words[index + 1]).toBe(sessionId)
    expect(words.toSpliced(index, 2)).toEqual(line.split(' '))
  }
})

it('arguments that name a session stay as they are', () => {
  for (const line of [`claude --session-id ${id}`, `claude --session-id=${id}`]) {
    expect(plan(line)).toMatchObject({ words: line.split(' '), sessionId: id, resumed: false })
  }
  for (const line of [`claude --resume ${id}`, `claude --resume=${id} -p go`, `claude -r ${id}`]) {
    expect(plan(line)).toMatchObject({ words: line.split(' '), sessionId: id, resumed: true })
  }
  for (const line of [
    'claude --continue',
    'claude -c',
    'claude -cp go',
    'claude --resume fix-login',
    'claude --resume',
    'claude --from-pr 12',
  ]) {
    expect(plan(line)).toMatchObject({ words: line.split(' '), sessionId: undefined, resumed: true })
  }
})

it('a fork gets an id of its own', () => {
  const { words, sessionId } = plan(`claude --resume ${id} --fork-session`)
  expect(sessionId).not.toBe(id)
  expect(words).toEqual(['claude', '--session-id', sessionId, '--resume', id, '--fork-session'])
})

it('commands of Claude Code that start no session here are left alone', () => {
  for (const line of [
    'claude mcp list',
    'claude --version',
    'claude -h',
    'claude plugin install x',
    'claude --bg do it',
    'claude update',
  ]) {
    expect(plan(line)).toMatchObject({ words: line.split(' '), program: 'none', sessionId: undefined })
  }
})

it('other programs are run as they are', () => {
  for (const line of ['./agent.sh --resume x', 'echo claude', 'node agent.mjs', 'vim claude']) {
    expect(plan(line)).toMatchObject({ words: line.split(' '), program: 'other', streamJson: false })
  }
})

it('stream-json is found where it is asked for with -p, and not in a prompt', () => {
  expect(plan('claude -p --output-format stream-json --verbose').streamJson).toBe(true)
  expect(plan('claude --print --output-format=stream-json').streamJson).toBe(true)
  expect(plan('claude -p --output-format json').streamJson).toBe(false)
  expect(plan('claude --output-format stream-json').streamJson).toBe(false)
  expect(plan('claude -p -- --output-format stream-json').streamJson).toBe(false)
})

it('without a terminal Claude Code prints', () => {
  expect(plan('claude', true).print).toBe(false)
  expect(plan('claude', false).print).toBe(true)
  expect(plan('claude -p').print).toBe(true)
})
