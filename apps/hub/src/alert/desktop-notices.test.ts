import type { DesktopNotice } from '@signalbox/contract/desktop-notice'
import { expect, it } from 'vitest'
import { DesktopNotices } from './desktop-notices.ts'

const notice: DesktopNotice = { notice_id: 'm1', tag: 'a1', title: 'Session failed', body: 'x', severity: 'warning' }
const { signal } = new AbortController()

function start() {
  const clock = { at: 0, monotonic: () => clock.at }
  return { clock, notices: new DesktopNotices(clock) }
}

it('a notice reaches the collectors that wait, and counts as shown when they say so', async () => {
  const { notices } = start()
  const polls = ['laptop', 'tower'].map((machine_id) => notices.poll({ machine_id, waitMs: 60_000 }, signal))
  const shown = notices.show(notice, undefined, signal)
  expect(await Promise.all(polls)).toEqual([[notice], [notice]])
  await notices.poll({ machine_id: 'laptop', shown: [{ notice_id: 'm1', ok: true }], waitMs: 0 }, signal)
  await notices.poll({ machine_id: 'tower', shown: [{ notice_id: 'm1', ok: false }], waitMs: 0 }, signal)
  expect(await shown).toEqual(['laptop'])
})

it('a notice for one machine goes to no other, and waits while that machine shows the one before', async () => {
  const { notices } = start()
  await notices.poll({ machine_id: 'laptop', waitMs: 0 }, signal)
  await notices.poll({ machine_id: 'tower', waitMs: 0 }, signal)
  const shown = notices.show(notice, 'tower', signal)
  expect(await notices.poll({ machine_id: 'laptop', waitMs: 0 }, signal)).toEqual([])
  expect(await notices.poll({ machine_id: 'tower', waitMs: 0 }, signal)).toEqual([notice])
  await notices.poll({ machine_id: 'tower', shown: [{ notice_id: 'm1', ok: true }], waitMs: 0 }, signal)
  expect(await shown).toEqual(['tower'])
})

it('where no collector is there, nothing waits', async () => {
  const { clock, notices } = start()
  expect(await notices.show(notice, undefined, signal)).toEqual([])
  await notices.poll({ machine_id: 'laptop', waitMs: 0 }, signal)
  clock.at = 60_000
  expect(await notices.show(notice, undefined, signal)).toEqual([])
  expect(await notices.poll({ machine_id: 'laptop', waitMs: 0 }, signal)).toEqual([])
})

it('a collector that is gone gets nothing, and the caller who gives up gets the reason', async () => {
  const { notices } = start()
  const gone = new AbortController()
  const poll = notices.poll({ machine_id: 'laptop', waitMs: 60_000 }, gone.signal)
  gone.abort()
  expect(await poll).toEqual([])
  await notices.poll({ machine_id: 'laptop', waitMs: 0 }, signal)
  const stop = new AbortController()
  const shown = notices.show(notice, undefined, stop.signal)
  stop.abort(new Error('the hub stops'))
  await expect(shown).rejects.toThrow('the hub stops')
  expect(await notices.poll({ machine_id: 'laptop', waitMs: 0 }, signal)).toEqual([])
})

it('all polls are answered when the hub stops', async () => {
  const { notices } = start()
  const poll = notices.poll({ machine_id: 'laptop', waitMs: 60_000 }, signal)
  notices.close()
  expect(await poll).toEqual([])
})
