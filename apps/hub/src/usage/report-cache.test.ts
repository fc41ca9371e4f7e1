import { expect, it } from 'vitest'
import { ReportCache } from './report-cache.ts'

function countingBuilder(text: string) {
  const build = () => {
    build.times++
    return Promise.resolve(Buffer.from(text))
  }
  build.times = 0
  return build
}

it('a report is built once per version, also for requests that come meanwhile', async () => {
  const cache = new ReportCache(1000)
  const build = countingBuilder('x')
  await Promise.all([cache.get('query', '1', build), cache.get('query', '1', build)])
  await cache.get('query', '1', build)
  expect(build.times).toBe(1)
  await cache.get('query', '2', build)
  await cache.get('query', '1', build)
  expect(build.times).toBe(3)
})

it('the least recently used report is removed first, and the cache stays within its size', async () => {
  const cache = new ReportCache(250)
  const builds = [countingBuilder('x'.repeat(100)), countingBuilder('y'.repeat(100)), countingBuilder('z'.repeat(100))] as const
  await cache.get('a', '1', builds[0])
  await cache.get('b', '1', builds[1])
  await cache.get('a', '1', builds[0])
  await cache.get('c', '1', builds[2])
  await cache.get('a', '1', builds[0])
  await cache.get('b', '1', builds[1])
  expect(builds.map(({ times }) => times)).toEqual([1, 2, 1])
  const large = countingBuilder('x'.repeat(1000))
  await cache.get('large', '1', large)
  await cache.get('large', '1', large)
  expect(large.times).toBe(2)
})

it('a failure is not cached', async () => {
  const cache = new ReportCache(1000)
  await expect(cache.get('query', '1', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect((await cache.get('query', '1', countingBuilder('yes'))).toString()).toBe('yes')
})
