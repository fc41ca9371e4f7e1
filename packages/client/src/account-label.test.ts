import { expect, test } from 'vitest'
import { accountLabel } from './account-label.ts'

test('an account is called by its name, else by its id, of which a UUID is shortened', () => {
  expect(accountLabel({ account: '0f6b8a52-4c1d-4b7e-9a35-6de1c2f04711', accountName: 'Anna' })).toBe('Anna')
  expect(accountLabel({ account: '0f6b8a52-4c1d-4b7e-9a35-6de1c2f04711' })).toBe('Account 0f6b8a52')
  expect(accountLabel({ account: 'anna@example.com' })).toBe('anna@example.com')
  expect(accountLabel({})).toBe('Account unknown')
})
