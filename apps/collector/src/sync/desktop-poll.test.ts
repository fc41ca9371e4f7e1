import { systemClock } from '@signalbox/client'
import { type DesktopNotice, type DesktopPoll, desktopPollSchema } from '@signalbox/contract/desktop-notice'
import { expect, it, onTestFinished } from 'vitest'
import { pollDesktopNotices } from './desktop-poll.ts'
import { callsTarget } from './hub-target.ts'
import { testServer } from './test-server.fixture.ts'

const notice = (id: string): DesktopNotice => ({ notice_id: id, tag: id, title: id, body: 'x', severity: 'info' })

/** A hub with these answers, one a poll; after them it holds the polls. */
async function start(answers: readonly (DesktopNotice[] | number)[], show: (notice: DesktopNotice) => Promise<boolean>) {
  const polls: DesktopPoll[] = []
  const left = [...answers]
  const server = await testServer((_request, response, body) => {
    polls.push(desktopPollSchema.parse(JSON.parse(String(body))))
    const answer = left.shift()
    if (answer === undefined) return
    response.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(typeof answer === 'number' ? { error: { code: 'unavailable', message: 'no' } } : { notices: answer }))
  })
  const stopping = new AbortController()
  const waits: number[] = []
  const clock = {
    ...systemClock,
    now: () => systemClock.now(),
    wait: async (milliseconds: number) => void waits.push(milliseconds),
  }
  const hub = callsTarget({ url: server.origin, key: 'k', clock: systemClock })
  const ended = pollDesktopNotices({ hub, machineId: 'laptop', show, clock }, stopping.signal)
  onTestFinished(async () => {
    stopping.abort()
    await ended
  })
  return { polls, waits }
}

it('shows what the hub has, and says in the next poll what became of it', async () => {
  const shown: string[] = []
  const { polls } = await start([[notice('a'), notice('b')], [notice('c')]], async ({ notice_id }) => {
    shown.push(notice_id)
    if (notice_id === 'c') throw new Error('no bus')
    return notice_id === 'a'
  })
  await expect.poll(() => polls.length).toBe(3)
  expect(shown).toEqual(['a', 'b', 'c'])
  expect(polls.map((poll) => poll.shown)).toEqual([
    undefined,
    [
      { notice_id: 'a', ok: true },
      { notice_id: 'b', ok: false },
    ],
    [{ notice_id: 'c', ok: false }],
  ])
})

it('asks again after a failure, and seldom where the hub knows no notices', async () => {
  const { polls, waits } = await start([503, 404], async () => true)
  await expect.poll(() => polls.length).toBe(3)
  expect(waits[0]).toBeLessThanOrEqual(60_000)
  expect(waits[1]).toBeGreaterThan(2_000)
})
