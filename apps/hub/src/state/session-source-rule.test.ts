import { type ClaudeField, claudeFields, type SessionSource, sessionSources } from '@signalbox/contract/claude-session'
import { describe, expect, it } from 'vitest'
import { type BySource, believedActivitySource, believedSource, type Dated, EXACT_VALUE_TTL_MS, fieldRules } from './session-source-rule.ts'

const MINUTE = 60_000
type Values = BySource<Dated<unknown>>

describe('the source that is believed about a field', () => {
  it.each<[why: string, field: ClaudeField, values: Values, believed: SessionSource | undefined]>([
    ['nothing is known', 'model', {}, undefined],
    ['the only one', 'cost_usd', { transcript: [1, 5] }, 'transcript'],
    ['the newest of two exact ones', 'model', { statusline: ['a', 5], transcript: ['b', 6] }, 'transcript'],
    ['the newest of two exact ones, the other way round', 'model', { statusline: ['a', 7], transcript: ['b', 6] }, 'statusline'],
    ['an exact one before a newer fallback', 'cost_usd', { statusline: [1, 5], transcript: [2, 6] }, 'statusline'],
    ['an exact one that is nearly too old', 'cost_usd', { statusline: [1, 0], transcript: [2, EXACT_VALUE_TTL_MS] }, 'statusline'],
    ['not an exact one that reports no more', 'cost_usd', { statusline: [1, 0], transcript: [2, EXACT_VALUE_TTL_MS + 1] }, 'transcript'],
    ['the newest fallback', 'context_tokens', { hook: [1, 5], transcript: [2, 6] }, 'transcript'],
    [
      'a fallback where the exact one knows nothing any more',
      'turn_error',
      { hook: [null, 9], transcript: ['overloaded', 5] },
      'transcript',
    ],
    ['none where all know nothing any more', 'limited_until', { hook: [null, 9], transcript: [null, 5] }, undefined],
    ['of equally new ones the more exact', 'name', { transcript: ['a', 5], 'process-file': ['b', 5] }, 'process-file'],
    [
      'the name of `signalbox run`, though others have a newer one',
      'name',
      { run: ['a', 0], 'process-file': ['b', 10 * EXACT_VALUE_TTL_MS] },
      'run',
    ],
    ['the name in the file of the process', 'name', { 'process-file': ['a', 5], hook: ['b', 6], transcript: ['c', 4] }, 'process-file'],
    ['the newest name where neither says one', 'name', { 'process-file': [null, 7], hook: ['b', 6], transcript: ['c', 4] }, 'hook'],
    ['the mode of a hook before that of a transcript', 'permission_mode', { hook: ['plan', 5], transcript: ['auto', 6] }, 'hook'],
    ['the tokens of the transcripts, which are complete', 'input_tokens', { telemetry: [9, 9], transcript: [2, 5] }, 'transcript'],
    ['zero is a value', 'cost_usd', { statusline: [0, 5], transcript: [2, 6] }, 'statusline'],
  ])('is %s', (_, field, values, believed) => {
    expect(believedSource(field, values)).toBe(believed)
  })

  it('may be any source for any field, so that nothing that is reported is lost', () => {
    for (const field of claudeFields) {
      const { exact, fallback } = fieldRules[field]
      expect([...exact, ...fallback].sort()).toEqual([...sessionSources].sort())
      for (const source of sessionSources) expect(believedSource(field, { [source]: ['x', 1] })).toBe(source)
    }
  })
})

describe('the source that is believed about the activity', () => {
  it.each<[why: string, values: Values, confirmed: boolean, endedAt: number | undefined, believed: SessionSource | undefined]>([
    ['nothing is known', {}, true, undefined, undefined],
    [
      'the file of the process before a newer hook: it knows of an Esc',
      { 'process-file': ['idle', 5], hook: ['working', 9 * MINUTE] },
      true,
      undefined,
      'process-file',
    ],
    ['a hook before the transcript', { hook: ['working', 5], transcript: ['idle', 9] }, true, undefined, 'hook'],
    ['the newer of hook and parent', { hook: ['working', 5], run: ['idle', 9] }, true, undefined, 'run'],
    ['the transcript where there is nothing else', { transcript: ['idle', 9] }, true, undefined, 'transcript'],
    [
      'a hook that is newer than a file that no collector confirms',
      { 'process-file': ['idle', 5], hook: ['working', 9] },
      false,
      undefined,
      'hook',
    ],
    [
      'a file that is newer than a hook, confirmed or not',
      { 'process-file': ['idle', 9], hook: ['working', 5] },
      false,
      undefined,
      'process-file',
    ],
    ['nothing from before the end', { 'process-file': ['working', 5], hook: ['working', 4] }, true, 5, undefined],
    ['what came after the end', { 'process-file': ['working', 5], hook: ['idle', 6] }, true, 5, 'hook'],
  ])('is %s', (_, values, confirmed, endedAt, believed) => {
    expect(believedActivitySource(values, confirmed, endedAt)).toBe(believed)
  })
})
