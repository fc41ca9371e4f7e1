import fs from 'node:fs'
import path from 'node:path'
import { usageReportSchema } from '@signalbox/contract/usage'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textOf } from '../../../../test/support/repository.ts'
import { idAt, Rollout } from '../../../../test/support/rollout.ts'
import { makeTempFolder, removeFolder, tempFolder } from '../../../../test/support/temp.ts'
import { runCommand } from '../cli.suite.ts'

let folder: string
const env = () => ({ TRANSCRIPT_SOURCES: 'claude-code,codex', CODEX_HOME: path.join(folder, 'codex') })
const usage = async (...args: string[]) => (await runCommand(folder, ['usage', ...args], env())).stdout

function write(folder: string): void {
  const project = path.join(folder, 'claude/projects/shop')
  fs.mkdirSync(project, { recursive: true })
  const message = { id: 'msg_1', model: 'claude-opus-5-5', stop_reason: 'end_turn', usage: { input_tokens: 10, output_tokens: 20 } }
  const line = { type: 'assistant', uuid: 'u', sessionId: 's', requestId: 'r', timestamp: '2026-11-30T10:30:00.000Z', message }
  fs.writeFileSync(path.join(project, 'one.jsonl'), `${JSON.stringify(line)}\n`)
  const rollout = new Rollout(0).thread(idAt(0)).turn(idAt(1), 'gpt-5.4').answer([1_000, 100, 30]).answer([2_000, 900, 60])
  rollout.write(path.join(folder, 'codex'), idAt(0))
}

beforeAll(async () => {
  folder = makeTempFolder()
  write(folder)
  await usage()
}, 30_000)
afterAll(() => removeFolder(folder))

describe('with the transcripts of two agents', () => {
  test('a table says whose calls its total has', async () => {
    const table = await usage('daily')
    expect(table).toMatch(/^Claude Code: 1 call, \S+ tokens, \S+\.$/m)
    expect(table).toMatch(/^Codex: 2 calls, 3,090 tokens, unknown\.$/m)
    expect(table).toContain('2 calls of gpt-5.4 have no price')
  })

  test('--agent and the group agent keep them apart, and the parts are the whole', async () => {
    const report = async (...args: string[]) => usageReportSchema.strict().parse(JSON.parse(await usage(...args, '--json')))
    const all = await report('daily')
    const codex = await report('daily', '--agent', 'codex')
    const own = await report('daily', '--agent', 'claude-code')
    expect(codex.totals).toMatchObject({ calls: 2, input: 2_000, read: 1_000, output: 90, cost_usd: null, unpriced_calls: 2 })
    expect(own.totals.calls + codex.totals.calls).toBe(all.totals.calls)
    expect(own.totals.total_tokens + codex.totals.total_tokens).toBe(all.totals.total_tokens)
    expect((await report('agent')).rows.map(({ agent, calls }) => [agent, calls])).toEqual([
      ['claude-code', 1],
      ['codex', 2],
    ])
    expect(await usage('agent', '--csv')).toMatch(/^claude-code,1,/m)
    for (const agent of ['claude', '(none)']) expect(await usage('daily', '--agent', agent)).toContain(`Agent ${agent}: claude-code.`)
    for (const args of [['daily', '--agent', 'codex'], ['agent']]) expect(await usage(...args)).not.toContain('Claude Code: 1 call')
  })

  test('blocks are those of the limit of Claude’s plan, without the calls of another agent', async () => {
    const blocks = usageReportSchema.parse(JSON.parse(await usage('blocks', '--json')))
    expect(blocks.totals).toMatchObject({ calls: 1 })
    expect(usageReportSchema.parse(JSON.parse(await usage('blocks', '--agent', 'codex', '--json'))).totals).toMatchObject({ calls: 2 })
  })

  test('a price table of the user prices the models of the other agent that it names, and none that is only like them', async () => {
    const table = JSON.parse(textOf('packages/usage/src/price-table.json')) as { models: object[] }
    const prices = [{ from: '2026-01-01', input: 2, write_5m: 2.5, write_1h: 4, read: 0.2, output: 16 }]
    const file = path.join(folder, 'prices.json')
    const totals = async (name: string) => {
      fs.writeFileSync(file, JSON.stringify({ ...table, models: [...table.models, { names: [name], prices }] }))
      const { stdout } = await runCommand(folder, ['usage', '--agent', 'codex', '--json'], { ...env(), PRICE_TABLE: file })
      return usageReportSchema.parse(JSON.parse(stdout)).totals
    }
    // 2,000 × $2 + 1,000 × $0.2 + 90 × $16, per million.
    expect(await totals('gpt-5.4')).toMatchObject({ cost_usd: 0.00564, unpriced_calls: 0 })
    expect(await totals('gpt-5.4-codex')).toMatchObject({ cost_usd: null, unpriced_calls: 2 })
  })

  test('the doctor names what is found of each, and the limits that Codex wrote down', async () => {
    const { stdout } = await runCommand(folder, ['doctor'], env())
    expect(stdout).toMatch(/1 file of Codex, \S+ \wB in \S+codex/)
  })
})

test('with one agent nothing is said of agents', async () => {
  const other = tempFolder()
  write(other)
  const { stdout } = await runCommand(other, ['usage', 'daily'], { TRANSCRIPT_SOURCES: 'claude-code' })
  expect(stdout).not.toMatch(/Codex|Claude Code:/)
  expect(stdout).toMatch(/^Total +1 /m)
})
