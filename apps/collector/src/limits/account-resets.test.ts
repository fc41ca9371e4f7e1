import { openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { AccountResets } from './account-resets.ts'

const HOUR = 3_600_000
const noon = Date.parse('2026-10-06T12:00:00Z')
const folder = '/home/ada/.claude'
const a = { session: noon + 3 * HOUR, weekly_all: noon + 60 * HOUR }
const b = { session: noon + 4 * HOUR, weekly_all: noon + 90 * HOUR }

test('a pair of resets belongs to the account that it was first seen with, to the minute, in its folder', () => {
  const owners = new AccountResets(undefined)
  owners.record({ account: 'a', folder, resets: a, named: false }, noon)
  owners.record({ account: 'b', folder, resets: b, named: false }, noon)
  const find = (resets: typeof a, place = folder) => owners.accountsOf(resets, { folder: place })
  expect(find({ session: a.session + 40_000, weekly_all: a.weekly_all - 40_000 })).toEqual(['a'])
  expect(find(b)).toEqual(['b'])
  // A 5-hour window that has begun since; an unknown week.
  expect(find({ ...a, session: a.session + 5 * HOUR })).toEqual(['a'])
  expect(find({ session: a.session, weekly_all: noon + 80 * HOUR })).toEqual([])
  expect([folder, '/elsewhere'].map((one) => owners.hasSession({ account: 'a', folder: one, resets: a }))).toEqual([true, false])
  expect(find(a, '/elsewhere')).toEqual([])
  expect(owners.accountsOf(a)).toEqual(['a'])
})

test('a source that names the account corrects what was only assumed, and is believed beside another', () => {
  const owners = new AccountResets(undefined)
  owners.record({ account: 'a', folder, resets: b, named: false }, noon)
  owners.record({ account: 'b', folder, resets: b, named: true }, noon)
  expect(owners.accountsOf(b)).toEqual(['b'])
  owners.record({ account: 'c', folder, resets: b, named: true }, noon)
  expect(owners.accountsOf(b)).toEqual(['b', 'c'])
})

test('it is known after a restart, for forty days', () => {
  const dataDir = tempFolder()
  let now = noon
  const reopen = () => {
    const ledger = openLedger({ dataDir, now: () => now })
    onTestFinished(() => ledger.close())
    return new AccountResets(ledger.limitMemory)
  }
  reopen().record({ account: 'a', folder, resets: a, named: true }, now)
  expect(reopen().accountsOf(a)).toEqual(['a'])
  now += 41 * 24 * HOUR
  expect(reopen().accountsOf(a)).toEqual([])
})
