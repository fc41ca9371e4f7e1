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

it('machines that spend what they were granted stay within the line together, in whatever order they ask', () => {
  const machines = ['a', 'b', 'c'] as const
  const step = fc.record({ machine: fc.constantFrom(...machines), share: fc.double({ min: 0, max: 1, noNaN: true }), asks: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const spent: Record<string, number> = { a: 0, b: 0, c: 0 }
      const left: Record<string, number> = { a: 0, b: 0, c: 0 }
      let grants: readonly GrantRecord[] = []
      for (const [now, { machine, share, asks }] of steps.entries()) {
        if (asks) {
          const answer = grantFor({ machine_id: machine, call_usd: 0, ...at(spent), grants, now })
          grants = answer.grants
          left[machine] = answer.granted_usd
        } else {
          const usd = left[machine]! * share
          spent[machine]! += usd
          left[machine]! -= usd
        }
        expect(at(spent).spent).toBeLessThanOrEqual(10 + 1e-6)
      }
    }),
  )
})
