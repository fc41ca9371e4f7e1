import type { Call } from '@signalbox/contract/call'
import { addDays, localDay } from '@signalbox/usage/zone'
import { expect, test } from 'vitest'
import { demoUsage } from './usage.ts'

test('calls of many days come, the newest first, each once; machines join over time', async () => {
  const now = Date.parse('2026-11-25T14:00:00Z')
  const days = new Map<string, Set<string>>()
  const keys = new Set<string>()
  let count = 0
  const client = {
    ingestCalls: async (machine: string, calls: readonly Call[]) => {
      for (const { key, at } of calls) {
        keys.add(key)
        count++
        const day = localDay('UTC', Date.parse(at))
        days.set(day, (days.get(day) ?? new Set()).add(machine))
      }
      return {} as never
    },
  }
  const usage = demoUsage({ client, signal: new AbortController().signal, now: () => now, timezone: 'UTC', steps: [5, 12, 20] })
  const newest = await usage.sendNewest()
  expect([...days.keys()].sort()[0]).toBe(addDays('2026-11-25', -5))
  const earlier = await usage.sendEarlier()
  expect({ calls: count, different: keys.size }).toEqual({ calls: newest + earlier, different: count })
  const sorted = [...days.keys()].sort()
  expect(sorted[0]).toBe(addDays('2026-11-25', -20))
  // Weekends may be free.
  expect(sorted.length).toBeGreaterThan(16)
  const buildMac = sorted.filter((day) => days.get(day)?.has('build-mac'))
  expect(buildMac.length).toBeGreaterThan(5)
  expect(buildMac[0]! >= addDays('2026-11-25', -17)).toBe(true)
})
