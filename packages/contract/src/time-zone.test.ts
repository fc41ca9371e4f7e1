import { expect, test } from 'vitest'
import { run } from '../../../test/support/child.ts'
import { canonicalZone, describeZone, isTimeZone } from './time-zone.ts'

test('a name is spelled as Intl does, and one that is not known is none', () => {
  expect(canonicalZone('asia/kolkata')).toMatch(/^Asia\/(Kolkata|Calcutta)$/)
  for (const name of [
    '',
    'Etc/Unknown',
    'etc/unknown',
    'Foo/Bar',
    'Asia/Beijing',
    'UTC-8',
    ':/etc/localtime',
    'undefined',
    '+03:00',
    '-03',
  ]) {
    expect([name, canonicalZone(name), isTimeZone(name)]).toEqual([name, undefined, false])
  }
})

test('the sign of a zone with a fixed offset is explained', () => {
  expect(['Etc/GMT-9', 'Etc/GMT+1', 'Etc/GMT-0', 'Europe/Berlin'].map(describeZone)).toEqual([
    'Etc/GMT-9 (9 hours ahead of UTC)',
    'Etc/GMT+1 (1 hour behind UTC)',
    'Etc/GMT-0',
    'Europe/Berlin',
  ])
})

// What a browser has: nothing but Intl, which names no zone in the environments of these processes.
test.each([['Etc/Unknown'], ['Asia/Beijing'], ['JST-9'], ['GMT+5']])(
  'where Intl finds no zone, as with TZ=%s, it is UTC, with a reason',
  async (TZ) => {
    const ask = 'const { intlZone } = await import(process.env.ZONE_FILE); console.log(JSON.stringify(intlZone()))'
    const env = { TZ, ZONE_FILE: new URL('./time-zone.ts', import.meta.url).href }
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', ask], { env })
    expect(JSON.parse(stdout)).toEqual({ name: 'UTC', problem: expect.stringMatching(/^the system names .*, so days are those of UTC$/) })
  },
)
