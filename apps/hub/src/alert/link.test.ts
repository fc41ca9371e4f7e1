import { expect, it } from 'vitest'
import { linkToken, readLink } from './link.ts'
import { Sealer } from './sealed.ts'

it('a link names its alert, and only this hub can make it', () => {
  const sealer = new Sealer('a key')
  const token = linkToken(sealer, 'a_1', 'f'.repeat(64), 90_000)
  expect(readLink(sealer, token)).toMatchObject({ alert_id: 'a_1', expires_at: 90_000 })
  expect(linkToken(sealer, 'a_1', 'f'.repeat(64), 90_000)).toBe(token)
  expect(readLink(sealer, linkToken(sealer, 'a_1', 'e'.repeat(64), 90_000))?.used_key).not.toBe(readLink(sealer, token)?.used_key)
  for (const wrong of ['', '~', token.replace('a_1', 'a_2'), `${token}x`, token.slice(0, -1)])
    expect(readLink(sealer, wrong)).toBeUndefined()
  expect(readLink(new Sealer('another'), token)).toBeUndefined()
  expect(token).toMatch(/^[\w~-]+$/)
})
