import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { SubagentTranscript } from './subagent-transcript.ts'

test.skipIf(process.platform === 'win32')('a FIFO in the place of a subagent’s files is not waited for', () => {
  const folder = tempFolder()
  const file = path.join(folder, 'agent-a1.jsonl')
  execFileSync('mkfifo', [path.join(folder, 'agent-a1.meta.json'), path.join(folder, 'agent-a2.jsonl')])
  writeFileSync(file, '{"type":"user","uuid":"u","timestamp":"2026-11-29T12:00:00.000Z"}\n')
  const subagent = new SubagentTranscript(file, 'a1')
  expect(subagent.read()).toBe(true)
  expect(subagent.describe()).toEqual({ agent_id: 'a1', started_at: '2026-11-29T12:00:00.000Z' })
  expect(new SubagentTranscript(path.join(folder, 'agent-a2.jsonl'), 'a2').read()).toBe(false)
})
