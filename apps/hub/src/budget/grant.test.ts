import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { GrantRecord } from '../store/budget.ts'
import { GRANT_TTL_MS, grantFor } from './grant.ts'

const at = (spent: Record<string, number>, line = 10) => ({
  line,
  spent: Object.values(spent).reduce((sum, usd) => sum + usd, 0),
  spentOf: (machine: string) => spent[machine] ?? 0,
})

it('a machine alone may spend all that is left', () => {
  expect(grantFor({ machine_id: 'a', call_usd: 0, ...at({ a: 4 }), grants: [], now: 0 }).granted_usd).toBe(6)
  expect(grantFor({ machine_id: 'a', call_usd: 0, ...at({ a: 11 }), grants: [], now: 0 }).granted_usd).toBe(0)
})

it('a second machine waits until the first has asked again and has its half, and an idle one reserves nothing', () => {
  let { grants } = grantFor({ machine_id: 'a', call_usd: 0, ...at({}), grants: [], now: 0 })
  const second = grantFor({ machine_id: 'b', call_usd: 0, ...at({}), grants, now: 1 })
  expect(second.granted_usd).toBe(0)
  grants = grantFor({ machine_id: 'a', call_usd: 0, ...at({}), grants: second.grants, now: 2 }).grants
  expect(grantFor({ machine_id: 'b', call_usd: 0, ...at({}), grants, now: 3 })).toMatchObject({ granted_usd: 5 })
  const idle = grantFor({ machine_id: 'c', call_usd: undefined, ...at({ a: 1 }), grants, now: 3 })
  expect(idle.granted_usd).toBe(5)
  expect(idle.grants.map(({ machine_id }) => machine_id)).not.toContain('c')
})

it('a smaller share counts for others only when the machine says that it holds it', () => {
  const ask = (machine_id: string, held_at: number | undefined, grants: readonly GrantRecord[], now: number) =>
    grantFor({ machine_id, call_usd: 0, held_at, ...at({}), grants, now })
  let { grants } = ask('a', undefined, [], 0)
  grants = ask('b', undefined, grants, 1).grants
  const smaller = ask('a', 0, grants, 2)
  expect(smaller.granted_usd).toBe(5)
  // Its answer was lost, or came while other calls were on their way: it still holds all.
  expect(ask('b', 1, smaller.grants, 3).granted_usd).toBe(0)
  expect(ask('b', 1, ask('a', 0, smaller.grants, 4).grants, 5).granted_usd).toBe(0)
  const confirmed = ask('a', 2, smaller.grants, 4)
  expect(ask('b', 1, confirmed.grants, 5).granted_usd).toBe(5)
})

it('less than a call is not shared', () => {
  const spent = { a: 4.5, b: 5 }
  const first = grantFor({ machine_id: 'a', call_usd: 1, ...at(spent), grants: [], now: 0 })
  const second = grantFor({ machine_id: 'b', call_usd: 1, ...at(spent), grants: first.grants, now: 1 })
  const again = grantFor({ machine_id: 'a', call_usd: 1, ...at(spent), grants: second.grants, now: 2 })
  expect([first, second, again].map(({ granted_usd }) => granted_usd)).toEqual([0.5, 0, 0.5])
})

it('what a machine has not spent is free again when it has not asked for ten minutes', () => {
  const { grants } = grantFor({ machine_id: 'a', call_usd: 0, ...at({}), grants: [], now: 0 })
  expect(grantFor({ machine_id: 'b', call_usd: 0, ...at({}), grants, now: GRANT_TTL_MS }).granted_usd).toBe(10)
})

it('machines that spend what they hold stay within the line together, in whatever order they ask and whichever answers are lost', () => {
  const machines = ['a', 'b', 'c'] as const
  const step = fc.record({
    machine: fc.constantFrom(...machines),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    does: fc.constantFrom('asks', 'asks in vain', 'spends'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const spent: Record<string, number> = { a: 0, b: 0, c: 0 }
      const held: Record<string, { left: number; at: number | undefined }> = {}
      for (const machine of machines) held[machine] = { left: 0, at: 0 }
      let grants: readonly GrantRecord[] = []
      for (const [index, { machine, share, does }] of steps.entries()) {
        const [now, own] = [index + 1, held[machine]!]
        if (does === 'spends') {
          const usd = own.left * share
          spent[machine]! += usd
          own.left -= usd
        } else {
          const answer = grantFor({ machine_id: machine, call_usd: 0, held_at: own.at, ...at(spent), grants, now })
          grants = answer.grants
          if (does === 'asks') held[machine] = { left: answer.granted_usd, at: now }
        }
        expect(at(spent).spent).toBeLessThanOrEqual(10 + 1e-6)
      }
    }),
  )
})
