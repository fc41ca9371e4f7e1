import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CallLine, callLine, ledgerFixture, lines, slicesFromCalls } from './ledger-fixture.ts'

const mostly = <T>(usual: T, other: T) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) })

/** Few values, so that records tie in every possible way and calls share their slices. */
const record: fc.Arbitrary<CallLine> = fc
  .record({
    id: fc.constantFrom('msg_a', 'msg_b', 'msg_c', 'msg_d'),
    at: fc.constantFrom('2026-01-06T13:14:59.999Z', ...[0, 1, 2, 3].map((ms) => `2026-01-06T13:15:00.00${ms}Z`)),
    session: mostly('s1', 's2'),
    model: mostly('claude-opus-4-5-20251101', 'claude-sonnet-5'),
    cwd: mostly('/w', '/v'),
    sidechain: fc.boolean(),
    input: fc.constantFrom(1, 150_000),
    output: fc.constantFrom(1, 2),
    write5m: fc.constantFrom(0, 1),
    write1h: fc.constantFrom(0, 1),
    read: fc.constantFrom(0, 1),
  })
  .map((call) => ({ ...call, at: momentOf(call) }))

/** Of two sessions with the same time, the older one made the call; that has tests of its own (copies.test.ts). */
function momentOf({ at, session }: { at: string; session: string }): string {
  return session === 's1' ? at : new Date(Date.parse(at) + 4).toISOString()
}

const total = ({ input, output, write5m, write1h, read }: CallLine) => input! + output! + write5m! + write1h! + read!

/** The merge rule of usage.md; where it does not decide, any of the best records is accepted. */
function expectMerged(records: readonly CallLine[], kept: ReturnType<ReturnType<typeof ledgerFixture>['calls']>): void {
  const ids = [...new Set(records.map(({ id }) => id))]
  expect(kept).toHaveLength(ids.length)
  for (const call of kept) {
    const mine = records.filter(({ id }) => call.key === id)
    const output = Math.max(...mine.map((each) => each.output!))
    const most = mine.filter((each) => each.output === output)
    const best = most.filter((each) => total(each) === Math.max(...most.map(total)))
    const main = best.filter((each) => !each.sidechain)
    const winners = main.length > 0 ? main : best
    expect(
      winners.map(({ model, cwd, input, output, write5m, write1h, read }) => ({
        model,
        cwd,
        input,
        output,
        write_5m: write5m,
        write_1h: write1h,
        read,
      })),
    ).toContainEqual({
      model: call.model,
      cwd: call.cwd,
      input: call.input,
      output: call.output,
      write_5m: call.write_5m,
      write_1h: call.write_1h,
      read: call.read,
    })
    const first = mine.map(({ at }) => at!).sort()[0]!
    expect(call.at).toBe(first)
    expect(mine.filter(({ at }) => at === first).map(({ session }) => session)).toContain(call.session_id)
  }
}

test('any order, split and repetition of lines and files gives the same calls, by the merge rule', async () => {
  const story = fc.record({
    records: fc.array(record, { minLength: 1, maxLength: 14 }),
    // Each repetition of a record: which one, into which file, before or after a refresh.
    again: fc.array(fc.record({ which: fc.nat(), file: fc.nat({ max: 3 }), refreshFirst: fc.boolean(), torn: fc.boolean() }), {
      maxLength: 12,
    }),
    shuffle: fc.array(fc.nat(), { minLength: 14, maxLength: 14 }),
    files: fc.array(fc.nat({ max: 3 }), { minLength: 14, maxLength: 14 }),
    refreshAfter: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
  })
  await fc.assert(
    fc.asyncProperty(story, async ({ records, again, shuffle, files, refreshAfter }) => {
      const plain = ledgerFixture()
      plain.write('all.jsonl', lines(...records.map(callLine)))
      await plain.refresh()
      expectMerged(records, plain.calls())

      const other = ledgerFixture()
      const order = records.map((_, nth) => nth).sort((a, b) => shuffle[a]! - shuffle[b]! || a - b)
      for (const nth of order) {
        other.append(`f${files[nth]}.jsonl`, lines(callLine(records[nth])))
        if (refreshAfter[nth]) await other.refresh()
      }
      for (const { which, file, refreshFirst, torn } of again) {
        if (refreshFirst) await other.refresh()
        const text = lines(callLine(records[which % records.length]))
        if (torn) {
          other.append(`f${file}.jsonl`, text.slice(0, 100))
          await other.refresh()
          other.append(`f${file}.jsonl`, text.slice(100))
        } else other.append(`f${file}.jsonl`, text)
      }
      await other.refresh()
      expect(other.content().calls).toEqual(plain.content().calls)
      expect(other.content().slices).toEqual(plain.content().slices)
      expect(other.content().slices).toEqual(slicesFromCalls(other.dataDir))
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 20) },
  )
})
