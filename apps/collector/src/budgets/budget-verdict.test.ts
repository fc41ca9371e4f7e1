import { expect, it } from 'vitest'
import { budgetVerdict, isNear, type LeaseState } from './budget-verdict.ts'
import type { HeldLease } from './held-lease.ts'
import { holdReason } from './hold-reason.ts'

const lease = (more: Partial<HeldLease> = {}): HeldLease => ({
  budget_id: 'b',
  name: 'Shop',
  kind: 'day',
  from: 0,
  to: 86_400_000,
  granted_usd: 6,
  is_reserved: true,
  is_spent: false,
  line: 10,
  used: 4,
  base_usd: 4,
  ...more,
})
const state = (more: Partial<LeaseState> = {}): LeaseState => ({
  lease: lease(),
  spentUsd: 4,
  inFlight: 0,
  largestCallUsd: 1,
  isHubNear: true,
  ...more,
})

it('a session goes on as long as anything is left, and its call may cross the line', () => {
  expect(budgetVerdict(state())).toBe('go')
  expect(budgetVerdict(state({ spentUsd: 9.999 }))).toBe('go')
  expect(budgetVerdict(state({ spentUsd: 10 }))).toBe('hold')
})

it('what is not set aside for this machine is asked for first, unless the hub is away', () => {
  const idle = lease({ is_reserved: false })
  expect(budgetVerdict(state({ lease: idle }))).toBe('wait')
  expect(budgetVerdict(state({ lease: idle, isHubNear: false }))).toBe('go')
  expect(budgetVerdict(state({ lease: idle, isHubNear: false, spentUsd: 10 }))).toBe('hold')
})

it('what calls of other sessions may cost is set aside', () => {
  expect(budgetVerdict(state({ spentUsd: 8.5, inFlight: 1 }))).toBe('go')
  expect(budgetVerdict(state({ spentUsd: 8.5, inFlight: 2 }))).toBe('wait')
})

it('a share that is spent is held while the hub is away, and waits for the rest while it is there', () => {
  const shared = lease({ granted_usd: 3 })
  expect(budgetVerdict(state({ lease: shared, spentUsd: 7 }))).toBe('wait')
  expect(budgetVerdict(state({ lease: shared, spentUsd: 7, isHubNear: false }))).toBe('hold')
  expect(budgetVerdict(state({ lease: { ...shared, is_spent: true }, spentUsd: 7 }))).toBe('hold')
  expect(holdReason(shared, 7, 'https://hub/app')).toMatch(/this machine may spend .* other machines have the rest of \$10\.00/)
})

it('the window of a plan holds once it is used up, and says nothing before', () => {
  const window = lease({ kind: 'five_hour', line: 90, used: 91, granted_usd: 0, base_usd: 0, is_spent: true })
  expect(budgetVerdict(state({ lease: window }))).toBe('hold')
  expect(budgetVerdict(state({ lease: { ...window, is_spent: false } }))).toBe('go')
  expect(holdReason(window, 0, '')).toContain('"Shop" for the 5-hour window is spent: 91% of 90%')
})

it('hooks ask when few calls are left, and at the beginning, when it is not known what one costs', () => {
  const large = state({ lease: lease({ line: 1_000, granted_usd: 996 }) })
  expect([isNear(large, 3), isNear(large, 100)]).toEqual([true, false])
  expect(isNear({ ...large, largestCallUsd: 60 }, 100)).toBe(true)
  expect(isNear({ ...large, spentUsd: 760 }, 100)).toBe(true)
})
