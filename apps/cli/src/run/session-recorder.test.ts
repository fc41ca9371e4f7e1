import type { SessionObservation } from '@signalbox/contract/session-observation'
import { expect, it } from 'vitest'
import { planRun } from './claude-arguments.ts'
import { SessionRecorder } from './session-recorder.ts'

const START = Date.parse('2026-11-29T12:00:00Z')
const ids = ['8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21', '0d4a2b1c-7f3e-4c5d-9a8b-1e2f3a4b5c6d'] as const

function record() {
  const clock = { now: START }
  const seen: SessionObservation[] = []
  const recorder = new SessionRecorder({
    runId: 'r',
    plan: planRun(['claude', '--session-id', ids[0]], true),
    pid: 7,
    projectId: 'shop',
    name: undefined,
    now: () => clock.now,
    startedAt: START,
    emit: (observation) => void seen.push(observation),
  })
  /** Whether the end of a session comes after everything else that was seen of it. */
  const endsLast = (id: string) => {
    const own = seen.filter(({ session_id }) => session_id === id)
    const end = own.find((observation) => observation.end !== undefined)
    return own.every((one) => one === end || Date.parse(one.at) < Date.parse(end!.at))
  }
  return { clock, recorder, seen, endsLast }
}

it('a stream that is read after the end of its process does not outlive it', () => {
  const { clock, recorder, endsLast } = record()
  clock.now = START + 5_000
  recorder.readStream({ kind: 'result', error: undefined })
  recorder.end({ code: 0, signal: null }, START + 4_990)
  expect(endsLast(ids[0])).toBe(true)
})

it('a session does not outlive its change to another one, seen a moment later', () => {
  const { clock, recorder, seen, endsLast } = record()
  clock.now = START + 15_000
  recorder.alive()
  clock.now += 200
  recorder.readProcessFile({ sessionId: ids[1] }, START + 14_900)
  expect(endsLast(ids[0])).toBe(true)
  expect(seen.at(-1)).toMatchObject({ session_id: ids[1], alive: true })
})
