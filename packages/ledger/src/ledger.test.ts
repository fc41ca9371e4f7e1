import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLedger } from './index.ts'

let folder: string
let root: string
let dataDir: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ledger-'))
  root = path.join(folder, 'projects')
  dataDir = path.join(folder, 'data')
  mkdirSync(path.join(root, 'a'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function line(id: string, output: number): string {
  const usage = { input_tokens: 3, output_tokens: output, cache_read_input_tokens: 7 }
  const message = { id, model: 'claude-opus-4-5-20251101', usage }
  return `${JSON.stringify({ type: 'assistant', timestamp: '2026-01-06T13:32:11.716Z', requestId: 'r', sessionId: 's', cwd: '/w', message })}\n`
}

test('a call that is written several times counts once, with its most output', async () => {
  const file = path.join(root, 'a', 's.jsonl')
  writeFileSync(file, line('m1', 1) + line('m2', 5) + line('m1', 9))
  const ledger = openLedger({ dataDir })
  expect(await ledger.refresh({ roots: [root] })).toMatchObject({ files: 1, files_read: 1, calls_new: 2, bad_lines: 0, problems: [] })
  appendFileSync(file, line('m2', 6) + line('m3', 1))
  expect(await ledger.refresh({ roots: [root] })).toMatchObject({ files_read: 1, calls_new: 1, calls_improved: 1 })
  expect(await ledger.refresh({ roots: [root] })).toMatchObject({ files_read: 0, bytes_read: 0 })
  expect(ledger.report({ group: 'day', timezone: 'UTC' }).totals).toMatchObject({ calls: 3, output: 16, input: 9, read: 21 })
  ledger.close()
})
