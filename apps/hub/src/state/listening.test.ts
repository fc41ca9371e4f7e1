import { describe, expect, it } from 'vitest'
import { Listening } from './listening.ts'

const record = (last_heartbeat: number, interval = 100) => ({ last_heartbeat, due_at: last_heartbeat + interval })
const span = (from: number, to: number) => ({ from, to, step: 0 })
const back = (at: number, step: number) => ({ from: at, to: at, step })

describe('a record is overdue', () => {
  it('one interval after its heartbeat, and never while it is not monitored', () => {
    expect(new Listening().overdueAt(record(1000))).toBe(1100)
    expect(new Listening().overdueAt({ due_at: null, last_heartbeat: 1000 })).toBeUndefined()
  })

  it('later by the gaps since its heartbeat, each as long as it was', () => {
    const listening = new Listening([span(900, 950), span(1010, 1030), span(1090, 1590), span(1600, 1601)])
    expect(listening.overdueAt(record(1000))).toBe(1000 + 100 + 20 + 500 + 1)
    // Received within a gap.
    expect(listening.overdueAt(record(1020))).toBe(1020 + 100 + 10 + 500 + 1)
  })

  it('at its own moment when that was before a gap', () => {
    expect(new Listening([span(1100, 5000)]).overdueAt(record(1000))).toBe(1100)
    expect(new Listening([span(1050, 1060), span(1111, 5000)]).overdueAt(record(1000))).toBe(1110)
  })

  it('earlier by a step back of the clock, which heartbeats after it do not count', () => {
    const listening = new Listening([back(1050, -30)])
    expect(listening.overdueAt(record(1000))).toBe(1070)
    expect(listening.overdueAt(record(1050))).toBe(1150)
    expect([listening.latestDue(1060), listening.latestDue(2_000_000_000)]).toEqual([1090, 2_000_000_000])
  })

  it('without the gaps of before a step back that lie after its heartbeat by the new clock', () => {
    const listening = new Listening([span(1040, 1080), back(1050, -30)])
    expect(listening.overdueAt(record(1060))).toBe(1160)
    expect(listening.overdueAt(record(1000))).toBe(1000 + 100 + 40 - 30)
  })
})
