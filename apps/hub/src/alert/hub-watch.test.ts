import { expect, it } from 'vitest'
import { TestClock } from '../../test/open-hub.ts'
import { HubError } from '../hub-error.ts'
import { HubWatch, type HubWatchOptions } from './hub-watch.ts'

function watch(change: Partial<HubWatchOptions> = {}) {
  const clock = new TestClock()
  const options: HubWatchOptions = {
    store: { check: async () => {} },
    dataDir: '/data',
    clock,
    oldestNoticeAt: async () => undefined,
    readDisk: async () => ({ blocks: 100, bfree: 50, bavail: 50 }),
    ...change,
  }
  return { clock, hubWatch: new HubWatch(options), options }
}

it('of a hub that is well it says nothing', async () => {
  expect(await watch().hubWatch.health()).toEqual({})
})

it('says since when the store cannot be written, and no more when it can', async () => {
  let problem: Error | undefined = new HubError('database_error', 'The disk is full')
  const { clock, hubWatch } = watch({
    store: {
      check: async () => {
        if (problem !== undefined) throw problem
      },
    },
  })
  const since = clock.now()
  await hubWatch.health()
  clock.pass(5_000)
  expect(await hubWatch.health()).toEqual({ store: { problem: 'The disk is full', since } })
  problem = undefined
  expect(await hubWatch.health()).toEqual({})
})

it('counts the disk as df does', async () => {
  const disk = (bfree: number, bavail: number) => watch({ readDisk: async () => ({ blocks: 1_000, bfree, bavail }) })
  const full = disk(145, 95)
  expect(await full.hubWatch.health()).toEqual({ disk: { used: 0.9, since: full.clock.now() } })
  expect(await disk(145, 96).hubWatch.health()).toEqual({})
  expect(await watch({ readDisk: () => Promise.reject(new Error('ENOSYS')) }).hubWatch.health()).toEqual({})
})

it('reads the disk of a real folder', async () => {
  const { options } = watch()
  const { readDisk: _, ...rest } = options
  const { store } = await new HubWatch({ ...rest, dataDir: process.cwd() }).health()
  expect(store).toBeUndefined()
})

it('says since when every turn of the event loop has been late', async () => {
  const { clock, hubWatch } = watch()
  hubWatch.noteTurn(1_500)
  const since = clock.now()
  clock.pass(3_000)
  hubWatch.noteTurn(2_000)
  expect(await hubWatch.health()).toEqual({ slow_since: since })
  hubWatch.noteTurn(1_000)
  expect(await hubWatch.health()).toEqual({})
})

it('measures until it is ended', async () => {
  const end = new AbortController()
  const running = watch().hubWatch.run(end.signal)
  end.abort()
  await expect(running).resolves.toBeUndefined()
})

it('passes on why the JSON files fail, and the oldest notice', async () => {
  const failing = {
    state: 'failing',
    since: 7,
    waiting: 1,
    aside: [],
    problem: { code: 'ENOSPC', message: 'no space', suggestion: '' },
  } as const
  expect(await watch({ mirror: { state: failing }, oldestNoticeAt: async () => 42 }).hubWatch.health()).toEqual({
    mirror: { problem: 'no space', since: 7 },
    oldest_notice_at: 42,
  })
  const following = { state: 'following', since: 7, waiting: 0, aside: [] } as const
  expect(await watch({ mirror: { state: following }, oldestNoticeAt: () => Promise.reject(new Error('away')) }).hubWatch.health()).toEqual(
    {},
  )
})
