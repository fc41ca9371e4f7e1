import { describe, expect, it } from 'vitest'
import { nothing, sumOf } from './amount.ts'
import type { ServedCall } from './api-log.ts'
import { compare } from './compare.ts'
import type { LedgerCall, LedgerSum } from './ledger-sum.ts'
import type { TranscriptMessage } from './transcript-message.ts'

const at = Date.parse('2026-11-30T10:00:00Z')
const amount = { calls: 1, input: 10, output: 100, write_5m: 0, write_1h: 0, read: 1_000, pico: 5_000 }

function served(more: Partial<ServedCall> = {}): ServedCall {
  const call = { id: 'msg_1', session: 'one', model: 'claude-opus-5-5', asked: at, ended: at + 500, amount }
  return { ...call, isCutOff: false, offeredTools: true, isRefused: false, ...more }
}

function counted(more: Partial<LedgerCall> = {}): LedgerCall {
  return { id: 'msg_1', at: at + 500, session: 'one', model: 'claude-opus-5-5', amount, ...more }
}

function ledgerOf(calls: readonly LedgerCall[], more: Partial<LedgerSum> = {}): LedgerSum {
  const total = sumOf(calls.map((call) => call.amount))
  const by = (name: string) => (calls.length === 0 ? new Map() : new Map([[name, total]]))
  const unfinishedCalls = calls.filter(({ amount: { output } }) => output === 1).length
  const groups = { bySession: by(calls[0]?.session ?? ''), byModel: by(calls[0]?.model ?? ''), byDay: by('2026-11-30') }
  return { total, ...groups, calls, notItemised: nothing, unfinishedCalls, ...more }
}

const message = (isFinal: boolean, ...output: number[]) =>
  new Map<string, TranscriptMessage>([['msg_1', { sessions: new Set(['one']), isFinal, output }]])
const final = message(true, 100)
const namesOf = (...args: Parameters<typeof compare>) => compare(...args).reasons.map(({ name }) => name)

describe('a ledger that equals the log', () => {
  it('has no reasons and no differences', () => {
    expect(compare([served()], final, ledgerOf([counted()]), 'UTC')).toMatchObject({
      difference: nothing,
      reasons: [],
      bySession: {},
      byModel: {},
      byDay: {},
    })
  })

  it('may choose either day of an answer over midnight', () => {
    const over = served({ asked: Date.parse('2026-11-29T23:59:59Z'), ended: Date.parse('2026-11-30T00:00:01Z') })
    expect(namesOf([over], final, ledgerOf([counted({ at: over.ended })]), 'UTC')).toEqual([])
  })
})

describe('what Claude Code has not written', () => {
  const short = counted({ amount: { ...amount, output: 1 } })

  it('is unfinished when no row has the final figures', () => {
    expect(namesOf([served()], message(false, 1, 1), ledgerOf([short]), 'UTC')).toEqual(['unfinished'])
  })

  it('is cut off when the answer was', () => {
    expect(namesOf([served({ isCutOff: true })], message(false, 1), ledgerOf([short]), 'UTC')).toEqual(['cut-off'])
  })

  it.for([
    ['helper call', { offeredTools: false }],
    ['call without a row', {}],
    ['cut-off', { isCutOff: true }],
    ['refused', { isRefused: true }],
  ] as const)('is a %s where no row has the call', ([name, more]) => {
    expect(namesOf([served(more)], new Map(), ledgerOf([]), 'UTC')).toEqual([name])
  })

  it('is made whole by what is not itemised', () => {
    const missing = { ...nothing, output: 99 }
    const ledger = ledgerOf([short], { total: amount, notItemised: missing })
    const { difference, reasons } = compare([served()], message(false, 1), ledger, 'UTC')
    expect(difference).toEqual(nothing)
    expect(reasons.map(({ name, calls, amount: { output } }) => [name, calls, output])).toEqual([
      ['unfinished', 1, 99],
      ['not itemised', 0, -99],
    ])
  })
})

describe('a fault of the ledger', () => {
  it.for([
    ['not read', final, []],
    ['no call', final, [counted(), counted({ id: 'msg_2' })]],
    ['figures of the ledger', final, [counted({ amount: { ...amount, output: 99 } })]],
    ['price', final, [counted({ amount: { ...amount, pico: 6_000 } })]],
    ['other session', final, [counted({ session: 'two' })]],
    ['other model', final, [counted({ model: 'claude-haiku-5-5' })]],
    ['other day', final, [counted({ at: at - 86_400_000 })]],
  ] as const)('is found: %s', ([name, messages, calls]) => {
    expect(namesOf([served()], messages, ledgerOf(calls), 'UTC')).toEqual([name])
  })

  it('is a sum that is not that of its calls', () => {
    expect(namesOf([served()], final, ledgerOf([counted()], { total: { ...amount, read: 999 } }), 'UTC')).toEqual(['unexplained'])
  })

  it('is an unfinished call that the report takes for a finished one', () => {
    const calls = [counted({ amount: { ...amount, output: 1 } })]
    expect(namesOf([served()], message(false, 1), ledgerOf(calls, { unfinishedCalls: 0 }), 'UTC')).toEqual(['not said', 'unfinished'])
  })

  it('is what was not itemised in a session that used less', () => {
    const missing = { ...nothing, output: 99 }
    const bySession = new Map([
      ['one', { ...amount, output: 1 }],
      ['two', missing],
    ])
    const ledger = ledgerOf([counted({ amount: { ...amount, output: 1 } })], { total: amount, notItemised: missing, bySession })
    expect(namesOf([served()], message(false, 1), ledger, 'UTC')).toEqual(['other session', 'unfinished', 'not itemised'])
  })

  it('is a group that differs', () => {
    const { bySession } = compare([served()], final, ledgerOf([counted({ session: 'two' })]), 'UTC')
    expect(bySession).toEqual({ one: amount, two: expect.objectContaining({ calls: -1, output: -100 }) })
  })
})
