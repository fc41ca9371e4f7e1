import { afterEach, expect, test, vi } from 'vitest'
import { MissingFileError, untilLoaded } from './until-loaded.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A file that cannot be loaded `failures` times. */
function fileAfter(failures: number) {
  return vi.fn(async () => {
    if (load.mock.calls.length <= failures) throw new Error('Failed to fetch')
    return 'file'
  })
}

let load: ReturnType<typeof fileAfter>

test('a file is asked for again, ever less often, until the hub is there', async () => {
  vi.useFakeTimers()
  load = fileAfter(8)
  const loaded = untilLoaded(load, async () => false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(load).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(load).toHaveBeenCalledTimes(3)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(load.mock.calls.length).toBeLessThanOrEqual(8)
  await vi.advanceTimersByTimeAsync(90_000)
  expect(await loaded).toBe('file')
})

test('a hub that answers and has no such file is asked once more, not for ever', async () => {
  vi.stubGlobal('document', { querySelectorAll: () => [] })
  load = fileAfter(Number.POSITIVE_INFINITY)
  await expect(untilLoaded(load, async () => true)).rejects.toThrow(MissingFileError)
  expect(load).toHaveBeenCalledTimes(2)
})
