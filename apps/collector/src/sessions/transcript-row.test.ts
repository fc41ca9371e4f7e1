import { expect, test } from 'vitest'
import { readRow } from './transcript-row.ts'

const at = '2026-11-29T12:26:00.062Z'
const common = { timestamp: at, cwd: '/home/ada/engine', version: '2.1.332', gitBranch: 'main', entrypoint: 'cli', isSidechain: false }
const read = (row: object) => readRow(Buffer.from(JSON.stringify({ parentUuid: null, ...common, ...row })))
const user = (content: unknown, more: object = {}) => read({ type: 'user', message: { role: 'user', content }, ...more })
const assistant = (message: object, more: object = {}) =>
  read({ type: 'assistant', message: { role: 'assistant', model: 'claude-opus-5-5', content: [], ...message }, ...more })

test.each([
  ['a prompt', user('planted words'), 'prompt'],
  ['a prompt in parts', user([{ type: 'text', text: 'planted words' }]), 'prompt'],
  ['the result of a tool', user([{ type: 'tool_result', content: 'planted words' }]), 'working'],
  ['Esc', user([{ type: 'text', text: '[Request interrupted by user]' }]), 'interrupted'],
  ['Esc during a tool', user([{ type: 'text', text: '[Request interrupted by user for tool use]' }]), 'interrupted'],
  ['a command of the client', user('<command-name>/clear</command-name>'), 'note'],
  ['a shell command of the person', user('<bash-input>planted words</bash-input>'), 'note'],
  ['a row that only the model sees', user('planted words', { isMeta: true }), 'note'],
  ['the summary of a compaction', user('planted words', { isCompactSummary: true }), 'note'],
  ['the end of something in the background', user('<task-notification>\n<task-id>a92</task-id>'), 'working'],
  ['an answer', assistant({ stop_reason: 'end_turn' }), 'ended'],
  ['an answer that was cut', assistant({ stop_reason: 'max_tokens' }), 'ended'],
  ['a call of a tool', assistant({ stop_reason: 'tool_use' }), 'working'],
  ['a row of an old version, which is never final', assistant({ stop_reason: null }), 'working'],
  ['a question', assistant({ stop_reason: 'tool_use', content: [{ type: 'tool_use', name: 'AskUserQuestion' }] }), 'asking'],
  ['an error of the API', assistant({ model: '<synthetic>' }, { isApiErrorMessage: true, error: 'rate_limit' }), 'failed'],
  ['an answer that the client made up', assistant({ model: '<synthetic>' }), 'note'],
])('%s', (_, row, step) => {
  expect(row?.step).toBe(step)
  expect(JSON.stringify(row)).not.toContain('planted')
})

test('the facts of an answer', () => {
  const usage = { input_tokens: 12, cache_creation_input_tokens: 300, cache_read_input_tokens: 4_000, output_tokens: 42 }
  expect(assistant({ stop_reason: 'end_turn', usage }, { effort: 'medium' })).toEqual({
    at: Date.parse(at),
    step: 'ended',
    branch: 'main',
    version: '2.1.332',
    entrypoint: 'cli',
    cwd: '/home/ada/engine',
    model: 'claude-opus-5-5',
    effort: 'medium',
    contextTokens: 4_312,
  })
})

test('rows about the session itself', () => {
  const first = (row: object) => readRow(Buffer.from(JSON.stringify(row)))
  expect(first({ type: 'permission-mode', permissionMode: 'plan', sessionId: 's' })).toEqual({ permissionMode: 'plan' })
  expect(first({ type: 'custom-title', customTitle: 'fancy', sessionId: 's' })).toEqual({ name: 'fancy' })
  expect(first({ type: 'cost-state', sessionId: 's', totalCostUSD: 1 })).toEqual({ isCostState: true })
  expect(read({ type: 'system', subtype: 'turn_duration', durationMs: 1_250 })).toMatchObject({ durationMs: 1_250 })
  const compaction = {
    type: 'system',
    subtype: 'compact_boundary',
    compactMetadata: { trigger: 'auto', preTokens: 180_000, postTokens: 9_000 },
  }
  expect(read(compaction)).toMatchObject({ compacted: 'auto', contextTokens: 9_000 })
})

test('the end of a subagent, from its result', () => {
  const row = user([{ type: 'tool_result', content: 'x' }], { toolUseResult: { status: 'completed', agentId: 'a92' } })
  expect(row?.endedAgent).toBe('a92')
  expect(user('x', { toolUseResult: { status: 'async_launched', agentId: 'a92' } })?.endedAgent).toBeUndefined()
})

test('large rows that say nothing are not parsed', () => {
  const blob = 'x'.repeat(100_000)
  expect(readRow(Buffer.from(`{"type":"api-request-blob","message":"${blob}`))).toBeUndefined()
  expect(readRow(Buffer.from(`{"parentUuid":null,"attachment":{"content":"${blob}`))).toBeUndefined()
  expect(readRow(Buffer.from(`{"type":"last-prompt","lastPrompt":"${blob}`))).toBeUndefined()
})

test('broken and hostile rows are no error', () => {
  for (const text of ['', '{', 'null', '[]', '5', '{"type":"user"', '{"a":1}', '{"type":"system"}', '\u0000']) {
    expect(() => readRow(Buffer.from(text))).not.toThrow()
  }
  expect(user({ odd: true })).toMatchObject({ step: 'prompt' })
  expect(assistant({ usage: { input_tokens: -5, cache_read_input_tokens: 'many' } })?.contextTokens).toBeUndefined()
  expect(read({ type: 'user', timestamp: 'yesterday', message: null })?.at).toBeUndefined()
})
