import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { readCacheExpiry } from './cache-expiry.ts'

const minute = 60_000
const at = Date.parse('2026-11-20T10:00:00.000Z')

interface Cached {
  readonly '5m'?: number
  readonly '1h'?: number
  readonly read?: number
  /** Without the split, as earlier versions write it. */
  readonly flat?: number
}

const call = (minutes: number, cached: Cached, more: object = {}) => ({
  type: 'assistant',
  timestamp: new Date(at + minutes * minute).toISOString(),
  message: {
    id: `msg_${minutes}`,
    model: 'claude-opus-5-5',
    usage: {
      input_tokens: 3,
      output_tokens: 5,
      cache_read_input_tokens: cached.read ?? 0,
      cache_creation_input_tokens: cached.flat ?? (cached['5m'] ?? 0) + (cached['1h'] ?? 0),
      ...(cached.flat === undefined
        ? { cache_creation: { ephemeral_5m_input_tokens: cached['5m'] ?? 0, ephemeral_1h_input_tokens: cached['1h'] ?? 0 } }
        : {}),
    },
  },
  ...more,
})
const prompt = { type: 'user', timestamp: new Date(at + 90 * minute).toISOString(), message: { content: 'the "usage" of "assistant"' } }

function expiryOf(...rows: (object | string)[]): number | undefined {
  const file = path.join(tempFolder(), 's.jsonl')
  fs.writeFileSync(file, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''))
  const expiry = readCacheExpiry(file)
  return expiry === undefined ? undefined : (expiry - at) / minute
}

test.each<[string, (object | string)[], number | undefined]>([
  ['an hour after a write of an hour', [call(0, { '1h': 9 })], 60],
  ['five minutes after a write of five', [call(0, { '5m': 9 })], 5],
  ['after the last read, as long as the last write said', [call(0, { '1h': 9 }), call(7, { read: 9 }), prompt], 67],
  ['by the newest write', [call(0, { '1h': 9 }), call(3, { '5m': 1, read: 9 })], 8],
  ['as the longer one of two in a call', [call(0, { '5m': 1, '1h': 9 })], 60],
  ['whatever subagents and made-up answers do', [call(0, { '1h': 9 }), call(9, { '5m': 9 }, { isSidechain: true }), synthetic(20)], 60],
  ['unless the last call uses no cache', [call(0, { '1h': 9 }), call(9, {})], undefined],
  ['unless no write says how long', [call(0, { flat: 9 }), call(9, { read: 9 })], undefined],
  ['unless there is no call', [prompt], undefined],
  [
    'beside rows that are none',
    ['{"type":"assistant","usage"', call(0, { '1h': 9 }), '[]', 'null', '{"type":"assistant","message":{"usage":7}}'],
    60,
  ],
])('the cache expires %s', (_, rows, minutes) => {
  expect(expiryOf(...rows)).toBe(minutes)
})

function synthetic(minutes: number): object {
  const row = call(minutes, {})
  return { ...row, message: { ...row.message, model: '<synthetic>' } }
}

test('of a long transcript only the end is read, and a file that is not there says nothing', () => {
  expect(expiryOf(call(0, { '1h': 9 }), `"${'x'.repeat(600 * 1024)}"`, call(9, { read: 9 }))).toBeUndefined()
  expect(expiryOf(`"${'x'.repeat(600 * 1024)}"`, call(0, { '1h': 9 }), call(9, { read: 9 }))).toBe(69)
  expect(readCacheExpiry(path.join(tempFolder(), 'gone.jsonl'))).toBeUndefined()
})
