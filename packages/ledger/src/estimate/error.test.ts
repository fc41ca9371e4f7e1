import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  estimateOutput,
  fitOutputRates,
  type KnownAnswers,
  measureEstimateError,
  modelFamily,
  SHIPPED_ERROR,
  shippedRates,
} from '@signalbox/usage/output-estimate'
import { randomFrom } from '@signalbox/usage/random'
import { expect, test } from 'vitest'
import { realTranscripts } from '../../../../test/support/real-transcripts.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openLedgerStore } from '../store/ledger-store.ts'
import { measureParsed } from '../transcript/claude-code/answer-lengths.ts'
import { type EstimateQuality, readQuality } from './error.ts'

/*
 * How far estimates are off, on answers of real transcripts whose output is known and is treated as if it were not. docs/estimates.md has
 * the figures that this prints.
 */

interface RealAnswer extends KnownAnswers {
  readonly model: string
  readonly version: string
}

interface Row {
  readonly version?: string
  readonly message?: {
    readonly id?: string
    readonly model?: string
    readonly stop_reason?: string | null
    readonly content?: unknown
    readonly usage?: { readonly output_tokens?: number }
  }
}

/** An answer that has just begun has no more output than this. */
const MAX_FIRST_OUTPUT = 40

/** The answers that have their final figures: rows that say why they ended, and rows that say more than at the beginning. */
function readAnswers(folder: string): RealAnswer[] {
  const answers = new Map<string, MeasuredRow>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.jsonl')) continue
    // Other files may have copies of the same rows, or of some of them.
    for (const [id, answer] of measureFile(readFileSync(path.join(folder, name), 'utf8'))) {
      const known = answers.get(id)
      answers.set(id, known === undefined ? answer : largerOf(known, answer))
    }
  }
  return [...answers.values()].filter(({ isFinal, output }) => isFinal && output > 0)
}

type MeasuredRow = RealAnswer & { readonly isFinal: boolean }

function measureFile(text: string): Map<string, MeasuredRow> {
  const answers = new Map<string, MeasuredRow>()
  for (const line of text.split('\n')) {
    if (!line.includes('"usage"') || !line.includes('"type":"assistant"')) continue
    const { version = '', message } = JSON.parse(line) as Row
    if (message?.id === undefined || message.usage === undefined || message.model === '<synthetic>') continue
    const { id, model = '', stop_reason, content, usage } = message
    const known = answers.get(id) ?? { model, version, calls: 1, output: 0, text: 0, tool_input: 0, thinking: 0, isFinal: false }
    const output = Math.max(known.output, usage.output_tokens ?? 0)
    const isFinal = known.isFinal || typeof stop_reason === 'string' || output > MAX_FIRST_OUTPUT
    const row = measureParsed(content)
    const sums = { text: known.text + row.text, tool_input: known.tool_input + row.tool_input, thinking: known.thinking + row.thinking }
    answers.set(id, { ...known, ...sums, output, isFinal })
  }
  return answers
}

function largerOf(a: MeasuredRow, b: MeasuredRow): MeasuredRow {
  const larger = (name: 'output' | 'text' | 'tool_input' | 'thinking') => Math.max(a[name], b[name])
  const lengths = { text: larger('text'), tool_input: larger('tool_input'), thinking: larger('thinking') }
  return { ...a, ...lengths, output: larger('output'), isFinal: a.isFinal || b.isFinal }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

const real = realTranscripts()
test.skipIf(real === undefined)('on real transcripts, nine of ten sums of a hundred calls are within 15 %', () => {
  const answers = readAnswers(path.join(real!.folder, 'projects'))
  const rates = fitOutputRates(answers)
  const all = measureEstimateError(answers, randomFrom(1))
  const lines = [`${answers.length} answers: ${describe(all)}; rates ${JSON.stringify(rates)}`]
  for (const [family, some] of Map.groupBy(answers, ({ model }) => modelFamily(model))) {
    lines.push(`${family}, ${some.length}: ${describe(measureEstimateError(some, randomFrom(1)))}`)
  }
  // The shipped rates are used where a user has no finished calls of a model: other versions, other people.
  const others = [...Map.groupBy(answers, ({ version }) => version)].flatMap(([version, some]) => {
    if (some.length < 10) return []
    const fitted = fitOutputRates(answers.filter((answer) => answer.version !== version))
    const sum = (value: (answer: RealAnswer) => number) => some.reduce((total, answer) => total + value(answer), 0)
    return [{ version, error: sum((answer) => estimateOutput(fitted, answer)) / sum(({ output }) => output) - 1 }]
  })
  lines.push(`by rates of other versions: ${others.map(({ version, error }) => `${version} ${percent(error)}`).join(', ')}`)
  console.log(lines.join('\n'))
  expect(answers.length).toBeGreaterThan(200)
  expect(all.within15).toBeGreaterThanOrEqual(0.9)
  expect(all.p90).toBeLessThan(0.1)
  for (const term of ['call', 'text', 'tool_input', 'thinking'] as const) expect(rates[term] / shippedRates[term]).toBeCloseTo(1, 1)
  expect(Math.max(...others.map(({ error }) => Math.abs(error)))).toBeLessThan(0.25)
})

function describe({ p90, within15, bias }: ReturnType<typeof measureEstimateError>): string {
  return `nine of ten sums of a hundred calls within ${percent(p90)}, ${percent(within15)} of them within 15 %, mean ${percent(bias)}`
}

test('the error is measured once a day, however often it is asked for', () => {
  const store = openLedgerStore(tempFolder())
  const asked: EstimateQuality[] = []
  const day = 86_400_000
  store.meta.set('estimate_quality', JSON.stringify({ at: 10 * day, answers: 60, p90: 0.04 }))
  for (const now of [10 * day, 10.9 * day, 11 * day]) asked.push(readQuality(store, now))
  // Of no answers nothing is measured, and the error is that of the shipped rates.
  expect(asked).toEqual([
    { answers: 60, p90: 0.04 },
    { answers: 60, p90: 0.04 },
    { answers: 0, p90: SHIPPED_ERROR },
  ])
  store.close()
})
