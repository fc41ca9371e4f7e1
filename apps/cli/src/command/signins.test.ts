import type { SignIn } from '@signalbox/contract/sign-in'
import { expect, test } from 'vitest'
import { masterKey } from '../../../hub/test/open-hub.ts'
import { openHubFixture } from '../hub.suite.ts'

test('signed-in browsers are listed and signed out, one or all, and the audit log has it', async () => {
  const { hub, run, json } = await openHubFixture()
  const signIn = () =>
    hub.inject({ method: 'POST', url: '/api/login', payload: { key: masterKey }, headers: { 'user-agent': 'Phone \u001b[8m' } })
  expect((await run(['signins', 'list'])).stdout).toContain('No browser is signed in')
  for (let n = 0; n < 3; n++) await signIn()
  const rows = await json<SignIn[]>(['signins', 'list'])
  expect(rows).toHaveLength(3)
  const shown = await run(['signins', 'list'])
  expect(shown.stdout).toContain(rows[0]!.sign_in_id)
  expect(shown.stdout).not.toContain('\u001b[8m')
  expect((await run(['signins', 'end', rows[0]!.sign_in_id])).stdout).toContain('One browser is signed out')
  expect((await run(['signins', 'end', rows[0]!.sign_in_id])).code).toBe(1)
  expect((await run(['signins', 'end'])).code).toBe(2)
  expect((await run(['signins', 'end', '--all'])).stdout).toContain('2 browsers are signed out')

  const log = await run(['audit'])
  expect(log.stdout).toMatch(/sign_in\.ended +API_KEYS\[0\] +127\.0\.0\.1/)
  const entries = await json<{ action: string }[]>(['audit', '--action', 'sign_in.accepted', '--limit', '2'])
  expect(entries.map(({ action }) => action)).toEqual(['sign_in.accepted', 'sign_in.accepted'])
  expect((await run(['audit', '--action', 'key.revoked'])).stdout).toContain('no such entries')
})
