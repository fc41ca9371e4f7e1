import { expect, test } from 'vitest'
import { run } from '../../../test/support/child.ts'
import { canonicalZone, isTimeZone } from './time-zone.ts'

const file = new URL('./time-zone.ts', import.meta.url).href
const ask = 'const { machineZone } = await import(process.env.ZONE_FILE); console.log(JSON.stringify(machineZone(process.env.TZ)))'

/** The zone of a process that was started with this TZ. */
async function zoneWith(TZ: string | undefined): Promise<{ name: string; problem?: string }> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', ask], { env: { TZ, ZONE_FILE: file } })
  return JSON.parse(stdout) as { name: string; problem?: string }
}

test.each([
  [':/etc/localtime'],
  ['localtime'],
  ['/usr/share/zoneinfo/Europe/Berlin'],
  ['UTC+3'],
  ['GMT+3'],
  ['+03:00'],
  ['Foo/Bar'],
  ['Etc/Unknown'],
  ['CET-1CEST,M3.5.0,M10.5.0/3'],
])('a machine with TZ=%s is in UTC, and says why', async (TZ) => {
  const { name, problem } = await zoneWith(TZ)
  expect(name).toBe('UTC')
  expect(problem).toContain(`TZ is "${TZ}"`)
})

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  [':Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['America/New_York', 'America/New_York'],
  ['GMT', 'UTC'],
  ['UTC', 'UTC'],
  ['', 'UTC'],
])('a machine with TZ=%s is in %s, without a word', async (TZ, name) => {
  expect(await zoneWith(TZ)).toEqual({ name })
})

test('a name is spelled as Intl does, and one that is not known is none', () => {
  expect(canonicalZone('asia/kolkata')).toMatch(/^Asia\/(Kolkata|Calcutta)$/)
  for (const name of ['', 'Etc/Unknown', 'Foo/Bar', ':/etc/localtime', 'undefined']) {
    expect([canonicalZone(name), isTimeZone(name)]).toEqual([undefined, false])
  }
})
