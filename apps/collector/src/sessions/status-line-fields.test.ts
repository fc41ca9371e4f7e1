import { describe, expect, it, test } from 'vitest'
import { readStatusLineFacts } from './status-line-fields.ts'

const session_id = '9CD63667-4e63-42db-90a2-2d6c73c14f18'
const usage = { input_tokens: 12, output_tokens: 42, cache_creation_input_tokens: 300, cache_read_input_tokens: 4000 }

/** As the real versions write it, less what is not read. */
const line = (version: string, more: object = {}) => ({
  session_id,
  transcript_path: '/home/ada/.claude/projects/-home-ada-engine/9cd63667.jsonl',
  cwd: '/home/ada/engine/src',
  prompt_id: '8e369757-0690-4d5d-bb6c-8541425ecbf1',
  effort: { level: 'high' },
  model: { id: 'claude-opus-5-5', display_name: 'Opus 5.5' },
  workspace: { current_dir: '/home/ada/engine/src', project_dir: '/home/ada/engine', added_dirs: [] },
  version,
  cost: { total_cost_usd: 0.008176, total_duration_ms: 5070 },
  context_window: { total_input_tokens: 4312, context_window_size: 1_000_000, current_usage: usage, used_percentage: 0 },
  ...more,
})
const fieldsOf = (content: unknown) => readStatusLineFacts(content)?.fields

describe('a status line', () => {
  it('of 2.1.332 names the session and all its numbers', () => {
    const cache = { warm: true, ttl: '1h', expires_at: 1_795_963_134, miss_causes: {} }
    expect(readStatusLineFacts(line('2.1.332', { prompt_cache: cache }))).toEqual({
      session: session_id.toLowerCase(),
      folder: '/home/ada/engine',
      fields: {
        model: 'claude-opus-5-5',
        version: '2.1.332',
        effort: 'high',
        context_tokens: 4_312,
        context_limit: 1_000_000,
        cost_usd: 0.008176,
        cache_expires_at: '2026-11-29T14:38:54.000Z',
      },
    })
  })

  it('of 2.1.200 has no cache, the cost of its process, which is not of the session, and an option behind the model', () => {
    expect(fieldsOf(line('2.1.200', { model: { id: 'claude-opus-4-8[1m]' } }))).toEqual({
      model: 'claude-opus-4-8',
      version: '2.1.200',
      effort: 'high',
      context_tokens: 4_312,
      context_limit: 1_000_000,
    })
  })

  it('of 2.1.120 sums its tokens over the session; the last call has those in the context', () => {
    const context_window = { total_input_tokens: 24, context_window_size: 200_000, current_usage: usage }
    expect(fieldsOf(line('2.1.120', { context_window }))).toMatchObject({ context_tokens: 4_312, context_limit: 200_000 })
  })

  it('before the first call and after a compaction does not know the context', () => {
    const context_window = { total_input_tokens: 0, context_window_size: 1_000_000, current_usage: null }
    expect(fieldsOf(line('2.1.332', { context_window }))).toMatchObject({ context_tokens: null, context_limit: 1_000_000 })
    expect(fieldsOf(line('2.1.332', { prompt_cache: { warm: false, expires_at: null } }))).toMatchObject({ cache_expires_at: null })
  })
})

test.each([null, 'text', [], {}, { session_id: 's' }, { session_id: 7 }, { session_id: '../../x' }])(
  '%j is no status line of a session',
  (content) => {
    expect(readStatusLineFacts(content)).toBeUndefined()
  },
)

test('values of other types and of impossible size are left out, each by itself', () => {
  const odd = {
    model: 'opus',
    effort: { level: { deep: 1 } },
    workspace: null,
    cwd: 7,
    cost: { total_cost_usd: -1 },
    context_window: { context_window_size: '1000', current_usage: { input_tokens: 1e300, cache_read_input_tokens: 5 } },
    prompt_cache: { expires_at: 1e18 },
  }
  expect(readStatusLineFacts(line('2.1.332', odd))).toEqual({
    session: session_id.toLowerCase(),
    folder: undefined,
    fields: { version: '2.1.332', context_tokens: 5, cache_expires_at: null },
  })
  expect(fieldsOf(line('2.1.332\u0000\u001b[31m'.padEnd(99, 'x'), { cost: { total_cost_usd: 'free' } }))?.version).toHaveLength(50)
})
