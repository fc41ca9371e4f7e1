import { expect, test } from 'vitest'
import { type Evidence, verdictOf } from './settle-verdict.ts'

const waiting: Evidence = {
  decision: 'allow',
  decidedByHook: undefined,
  callState: 'pending',
  isRunning: true,
  lookedForMs: 1_000,
  resultForMs: undefined,
  movedForMs: undefined,
  movedAfterMs: undefined,
}
const verdict = (evidence: Partial<Evidence>) => verdictOf({ ...waiting, ...evidence })

test('what the client wrote about its hooks says whose answer counted', () => {
  expect(verdict({ decidedByHook: 'allow' })).toBe('applied')
  expect(verdict({ decision: 'allow_always', decidedByHook: 'allow' })).toBe('applied')
  expect(verdict({ decision: 'deny', decidedByHook: 'allow' })).toBe('terminal')
  expect(verdict({ decidedByHook: 'allow', callState: 'ended', resultForMs: 900 })).toBe('applied')
  expect(verdict({ callState: 'ended', resultForMs: 100 })).toBeUndefined()
  expect(verdict({ callState: 'ended', resultForMs: 900 })).toBe('terminal')
})

test('a client that went on after the answer has time to write that it followed it, and one that went on before has less', () => {
  expect(verdict({ movedForMs: 25_000, movedAfterMs: 300, lookedForMs: 25_000 })).toBeUndefined()
  expect(verdict({ movedForMs: 95_000, movedAfterMs: 300, lookedForMs: 95_000 })).toBe('terminal')
  expect(verdict({ movedForMs: 14_000, movedAfterMs: -300, lookedForMs: 14_000 })).toBeUndefined()
  expect(verdict({ movedForMs: 16_000, movedAfterMs: -300, lookedForMs: 16_000 })).toBe('terminal')
})

test('where the transcript says nothing of the call, the order of events decides', () => {
  expect(verdict({ callState: 'unknown', movedForMs: 16_000, movedAfterMs: 300 })).toBe('applied')
  expect(verdict({ callState: 'unknown', movedForMs: 16_000, movedAfterMs: -300 })).toBe('terminal')
})

test('without an answer of the hub a prompt that is over was answered in the terminal, and one that stands is lost', () => {
  expect(verdict({ decision: undefined, movedForMs: 16_000, movedAfterMs: -300 })).toBe('terminal')
  expect(verdict({ decision: undefined, lookedForMs: 20_000 })).toBeUndefined()
  expect(verdict({ decision: undefined, lookedForMs: 31_000 })).toBe('lost')
  expect(verdict({ isRunning: false })).toBe('session_ended')
})
