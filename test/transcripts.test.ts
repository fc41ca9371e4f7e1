import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { realTranscripts } from './support/real-transcripts.ts'
import { tempFolder } from './support/temp.ts'
import { type Expected, type ExpectedTotals, makeTranscripts, totalsOf, writeCorpus, writeTranscripts } from './support/transcripts.ts'

/**
 * The generator states the totals of its transcripts without reading them. A second reader, slow and simple, must find
 * the same; the real transcripts prove that reader.
 */
type Json = Record<string, unknown>

interface Found {
  readonly at: string
  readonly session: string
  readonly model: string
  readonly sidechain: boolean
  readonly counts: readonly [input: number, output: number, write5m: number, write1h: number, read: number]
}

function readSlowly(files: Iterable<Buffer>): { found: Map<string, Found>; bad: number; lines: number } {
  const records: (readonly [key: string, found: Found])[] = []
  let bad = 0
  let lines = 0
  for (const file of files) {
    const parts = file.toString('utf8').split('\n')
    for (const [nth, line] of parts.entries()) {
      if (line.trim() === '') continue
      lines++
      const { objects, rest } = objectsOf(line)
      if (rest && line.includes('"usage"') && nth < parts.length - 1) bad++
      for (const object of objects) {
        const record = recordOf(object)
        if (record !== undefined) records.push(record)
      }
    }
  }
  const found = new Map<string, Found>()
  for (const [key, each] of records) {
    const previous = found.get(key)
    if (previous === undefined) {
      found.set(key, each)
      continue
    }
    // At the same time it is a copy, and the session that made the call is read first.
    const [first] = [previous, each].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    const [best] = [previous, each].sort(
      (a, b) => b.counts[1] - a.counts[1] || sum(b.counts) - sum(a.counts) || Number(a.sidechain) - Number(b.sidechain),
    )
    found.set(key, { ...best!, at: first!.at, session: first!.session })
  }
  return { found, bad, lines }
}

function objectsOf(line: string): { objects: unknown[]; rest: boolean } {
  try {
    return { objects: [JSON.parse(line)], rest: false }
  } catch {
    // Several objects may share a line: every possible split is tried.
    for (let at = line.indexOf('}{"'); at !== -1; at = line.indexOf('}{"', at + 1)) {
      try {
        const first: unknown = JSON.parse(line.slice(0, at + 1))
        const others = objectsOf(line.slice(at + 1))
        return { objects: [first, ...others.objects], rest: others.rest }
      } catch {}
    }
    return { objects: [], rest: true }
  }
}

function recordOf(value: unknown): readonly [string, Found] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const line = value as { type?: string; data?: { message?: Json }; sessionId?: string; isSidechain?: boolean }
  const inner = (line.type === 'progress' ? line.data?.message : line.type === 'assistant' ? line : undefined) as
    | { message?: { id?: string; model?: string; usage?: Json }; uuid?: string; requestId?: string; timestamp?: string }
    | undefined
  const { message } = inner ?? {}
  if (!inner || !message?.usage || message.model === '<synthetic>' || !inner.timestamp) return undefined
  const { usage } = message
  const detail = usage.cache_creation as Record<string, number> | null | undefined
  const count = (from: Json | null | undefined, name: string) => Number(from?.[name] ?? 0)
  const hour = count(detail, 'ephemeral_1h_input_tokens')
  return [
    message.id ?? inner.uuid ?? '',
    {
      at: new Date(inner.timestamp).toISOString(),
      session: line.sessionId ?? '',
      model: message.model ?? 'unknown',
      sidechain: line.type === 'progress' || line.isSidechain === true,
      counts: [
        count(usage, 'input_tokens'),
        count(usage, 'output_tokens'),
        Math.max(count(usage, 'cache_creation_input_tokens'), count(detail, 'ephemeral_5m_input_tokens') + hour) - hour,
        hour,
        count(usage, 'cache_read_input_tokens'),
      ],
    },
  ]
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0)
}

function totalsFound(found: Iterable<Found>): Pick<Expected, 'totals' | 'days'> {
  const names = ['input', 'output', 'write5m', 'write1h', 'read'] as const
  const empty = (): ExpectedTotals => ({ calls: 0, input: 0, output: 0, write5m: 0, write1h: 0, read: 0 })
  const sums: Pick<Expected, 'totals' | 'days'> = { totals: empty(), days: {} }
  for (const { at, model, counts } of found) {
    const name = `${at.slice(0, 10)} ${model}`
    sums.days[name] ??= empty()
    for (const total of [sums.totals, sums.days[name]]) {
      total.calls++
      for (const [nth, field] of names.entries()) total[field] += counts[nth]!
    }
  }
  return sums
}

function jsonlBelow(folder: string): Buffer[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => fs.readFileSync(path.join(folder, name)))
}

describe('the generator of transcripts', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    test(`states the totals that a plain reader finds (seed ${seed})`, () => {
      const made = makeTranscripts({ seed, calls: 150 })
      const { found, bad, lines } = readSlowly(made.files.map(({ content }) => content))
      expect(totalsFound(found.values())).toEqual({ totals: made.expected.totals, days: made.expected.days })
      expect(lines).toBe(made.expected.lines)
      expect(bad).toBe(made.badLines)
      for (const call of made.calls) {
        const { key, at, session_id: session, model, is_sidechain: sidechain } = call
        const counts = [call.input, call.output, call.write_5m, call.write_1h, call.read]
        expect({ key, ...found.get(key) }).toEqual({ key, at, session, model, sidechain, counts })
      }
    })
  }

  test('a half line with its rest is one more call', () => {
    const made = makeTranscripts({ calls: 60, longLines: 0 })
    for (const half of made.halfLines) {
      const { found } = readSlowly(
        made.files.map(({ path, content }) => (path === half.path ? Buffer.concat([content, half.rest]) : content)),
      )
      expect(totalsFound(found.values())).toEqual(totalsOf([...made.calls, half.call]))
    }
    expect(made.halfLines.length).toBeGreaterThan(0)
  })

  test('the same seed writes the same bytes, another seed other calls', () => {
    const [one, again, other] = [7, 7, 8].map((seed) => makeTranscripts({ seed, calls: 40, longLines: 0 }))
    expect(again).toEqual(one)
    const keys = new Set(one!.calls.map(({ key }) => key))
    expect(other!.calls.some(({ key }) => keys.has(key))).toBe(false)
  })

  test('writes the folder structure of Claude Code', () => {
    const folder = tempFolder()
    const made = writeTranscripts(folder, { calls: 80 })
    const { found } = readSlowly(jsonlBelow(folder))
    expect(totalsFound(found.values()).totals).toEqual(made.expected.totals)
    const places = made.files.map((file) =>
      file.path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<session>').replace(/a?[0-9a-f]{6,15}\b/g, '<id>'),
    )
    for (const place of [
      /^projects\/[^/]+\/<session>\.jsonl$/,
      /\/<session>\/subagents\/agent-/,
      /\/subagents\/workflows\/[^/]+\/agent-/,
      /^projects\/[^/]+\/agent-/,
    ]) {
      expect(places.some((each) => place.test(each))).toBe(true)
    }
    const longest = Math.max(
      ...made.files.map(({ content }) =>
        Math.max(
          ...content
            .toString('latin1')
            .split('\n')
            .map(({ length }) => length),
        ),
      ),
    )
    expect(longest).toBeGreaterThan(900_000)
  })

  test('writes a corpus of about the requested size with exact totals', async () => {
    for (const oneFile of [false, true]) {
      const folder = tempFolder()
      const corpus = await writeCorpus(folder, { bytes: 12_000_000, seed: 3, oneFile })
      const { found, bad, lines } = readSlowly(jsonlBelow(folder))
      expect(totalsFound(found.values())).toEqual({ totals: corpus.expected.totals, days: corpus.expected.days })
      expect(lines).toBe(corpus.expected.lines)
      expect(bad).toBe(corpus.badLines)
      expect(corpus.bytes).toBe(corpus.files.reduce((bytes, file) => bytes + fs.statSync(file).size, 0))
      expect(corpus.bytes).toBeGreaterThanOrEqual(12_000_000)
      expect(corpus.bytes).toBeLessThan(14_000_000)
      expect(corpus.files.length === 1).toBe(oneFile)
    }
  })
})

const real = realTranscripts()
describe.skipIf(real === undefined)('the real transcripts', () => {
  test('have the totals that a plain reader finds', () => {
    const { found, lines } = readSlowly(jsonlBelow(real!.folder))
    expect({ lines, ...totalsFound(found.values()) }).toEqual(real!.expected)
  })
})
