import { describe, expect, it } from 'vitest'
import { WireError } from '../wire-error.ts'
import { deliver, secretsOf } from './answer.ts'
import type { Wire, WireAnswer } from './channel-kind.ts'

const { signal } = new AbortController()
const url = 'https://hooks.example/services/T0/B0/secretsecretsecret'

/** What becomes of an answer of a peer. */
function outcomeOf(answer: Partial<WireAnswer> | Error, secrets: readonly string[] = []) {
  const wire: Wire = {
    request: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ status: 200, headers: {}, body: '', ...answer })),
  }
  return deliver<object>(wire, { method: 'POST', url }, signal, secrets)
}

describe('the status of an answer', () => {
  it.each([200, 201, 202, 204])('%i is sent', async (status) => {
    expect(await outcomeOf({ status, body: 'ok' })).toEqual({ outcome: 'sent', receipt: { status, said: 'ok' } })
    expect(await outcomeOf({ status, body: '{"ok":false}' })).toMatchObject({ outcome: 'failed' })
  })

  it.each([302, 303, 307, 408, 425, 429, 500, 502, 503, 504])('%i has failed for now', async (status) => {
    expect(await outcomeOf({ status })).toMatchObject({ outcome: 'failed', receipt: { status } })
  })

  it.each([301, 308, 400, 401, 403, 404, 405, 410, 413, 415, 422])('%i is refused for good', async (status) => {
    expect(await outcomeOf({ status, body: 'no_service' })).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining(`${status}`),
    })
  })
})

it('Retry-After is seconds or a date by the clock of the peer, and at most a day', async () => {
  const wait = async (headers: Record<string, string>) => (await outcomeOf({ status: 503, headers })) as { retry_after_ms?: number }
  expect(await wait({ 'retry-after': '30' })).toMatchObject({ retry_after_ms: 30_000 })
  expect(await wait({ 'retry-after': 'Tue, 06 Oct 2026 09:00:10 GMT', date: 'Tue, 06 Oct 2026 09:00:00 GMT' })).toMatchObject({
    retry_after_ms: 10_000,
  })
  expect(await wait({ 'retry-after': '999999999' })).toMatchObject({ retry_after_ms: 86_400_000 })
  expect((await wait({ 'retry-after': 'soon' })).retry_after_ms).toBeUndefined()
  expect((await wait({})).retry_after_ms).toBeUndefined()
})

it('of an answer 200 characters are kept, on one line, without the secrets that it repeats', async () => {
  const secrets = secretsOf('slack', { url })
  const outcome = await outcomeOf(
    { status: 400, body: `bad\r\n/services/T0/B0/secretsecretsecret and secretsecretsecret ${'x'.repeat(1_000)}` },
    secrets,
  )
  expect(outcome.receipt?.said).toHaveLength(200)
  expect(outcome.receipt?.said).toMatch(/^bad … and … x/)
  expect(JSON.stringify(outcome)).not.toContain('secretsecret')
})

it('an error of the wire says whether it is for good, and anything else has failed for now', async () => {
  expect(await outcomeOf(new WireError('refused', '10.0.0.1 is not allowed'))).toEqual({
    outcome: 'refused',
    reason: '10.0.0.1 is not allowed',
  })
  expect(await outcomeOf(new WireError('failed', 'away'))).toEqual({ outcome: 'failed', reason: 'away' })
  expect(await outcomeOf(new TypeError(`broken ${url}`), [url])).toEqual({ outcome: 'failed', reason: 'broken …' })
})

it('only an aborted signal throws', async () => {
  const stop = new AbortController()
  const wire: Wire = { request: () => Promise.reject(new Error('ended')) }
  stop.abort(new Error('the hub stops'))
  await expect(deliver(wire, { method: 'POST', url }, stop.signal, [])).rejects.toThrow('the hub stops')
})
