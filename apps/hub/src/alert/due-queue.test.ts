import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DueQueue } from './due-queue.ts'

it('gives what is due in the order of time, and nothing that is not', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 })), fc.integer({ min: 0, max: 100 }), (times, by) => {
      const queue = new DueQueue<number>()
      for (const [index, at] of times.entries()) queue.add(at, index)
      const taken: number[] = []
      for (let due = queue.take(by); due !== undefined; due = queue.take(by)) {
        expect(times[due.value]).toBe(due.at)
        taken.push(due.at)
      }
      expect(taken).toEqual(times.filter((at) => at <= by).sort((a, b) => a - b))
    }),
  )
})
