import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { AskedTool } from './asked-tool.ts'
import { fingerprint } from './observe-hook.ts'

const input = { command: 'npm test' }
const asked = (id: string, name = 'Bash', given: object = input) => ({
  type: 'assistant',
  message: { content: [{ type: 'tool_use', id, name, input: given }] },
})
const decided = (toolUseID: string, decision: string) => ({
  type: 'attachment',
  attachment: { type: 'hook_permission_decision', decision, toolUseID },
})
const ended = (id: string) => ({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: id }] } })

function transcriptOf(...rows: object[]) {
  const transcript = path.join(tempFolder(), 'session.jsonl')
  const add = (...more: object[]) => fs.appendFileSync(transcript, more.map((row) => `${JSON.stringify(row)}\n`).join(''))
  add(...rows)
  return { call: { transcript, tool: 'Bash', input: fingerprint(input) }, add }
}

it('follows a call from its row to its result', () => {
  const { call, add } = transcriptOf()
  const tool = new AskedTool(call, { isOver: false })
  expect(tool.read()).toBe('unknown')
  add(asked('a'))
  expect(tool.read()).toBe('pending')
  add(decided('a', 'allow'), ended('a'))
  expect([tool.read(), tool.decidedByHook]).toEqual(['ended', 'allow'])
})

it('a request that repeats the result is not the result: the client may write it first', () => {
  const { call, add } = transcriptOf(asked('a'))
  const tool = new AskedTool(call, { isOver: true })
  add({ ...ended('a'), type: 'api-request-blob' })
  expect([tool.read(), tool.decidedByHook]).toEqual(['pending', undefined])
  add(decided('a', 'allow'), ended('a'))
  expect([tool.read(), tool.decidedByHook]).toEqual(['ended', 'allow'])
})

it('what became of the same command before says nothing of this prompt, whether its row is there yet or not', () => {
  const { call, add } = transcriptOf(asked('a'), decided('a', 'allow'), ended('a'))
  const waiting = new AskedTool(call, { isOver: false })
  expect([waiting.read(), waiting.decidedByHook]).toEqual(['unknown', undefined])
  add(asked('b'))
  expect([waiting.read(), waiting.decidedByHook]).toEqual(['pending', undefined])
  // Answered in the terminal: no hook decided.
  add(ended('b'))
  expect([waiting.read(), waiting.decidedByHook]).toEqual(['ended', undefined])
  const left = new AskedTool(call, { isOver: true })
  expect([left.read(), left.decidedByHook]).toEqual(['ended', undefined])
})

it('a plan is known by its tool, because the client completes its input', () => {
  const { call } = transcriptOf(asked('a', 'ExitPlanMode', {}), decided('a', 'deny'), ended('a'))
  const tool = new AskedTool({ ...call, tool: 'ExitPlanMode' }, { isOver: true })
  expect([tool.read(), tool.decidedByHook]).toEqual(['ended', 'deny'])
})
