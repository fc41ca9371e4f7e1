import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'

const file = new URL('./machine-zone.ts', import.meta.url).href
const ask = 'const { machineZone } = await import(process.env.ZONE_FILE); console.log(JSON.stringify(machineZone(process.env.TZ)))'

/** The zone of a process that was started with this TZ. */
async function zoneWith(TZ: string | undefined): Promise<{ name: string; problem?: string }> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', ask], { env: { TZ, ZONE_FILE: file } })
  return JSON.parse(stdout) as { name: string; problem?: string }
}

test.each([
  ['Foo/Bar'],
  ['Asia/Beijing'],
  ['America/Indiana'],
  ['Etc/Unknown'],
  ['undefined'],
  ['+03:00'],
  ['/etc/hostname'],
  ['CET-1CEST,M3.5.0,M10.5.0/3'],
  ['EST5EDT,M3.2.0,M11.1.0'],
  ['UTC-5:30'],
  ['JST-19'],
])('a machine with TZ=%s is in UTC, and says why', async (TZ) => {
  const { name, problem } = await zoneWith(TZ)
  expect(name).toBe('UTC')
  expect(problem).toContain(`TZ is "${TZ}"`)
})

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  [':Europe/Berlin', 'Europe/Berlin'],
  ['posix/Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['/usr/share/zoneinfo/Europe/Berlin', 'Europe/Berlin'],
  [':/usr/share/zoneinfo/right/Europe/Berlin', 'Europe/Berlin'],
  ['America/New_York', 'America/New_York'],
  ['EST5EDT', 'America/New_York'],
  ['GMT', 'UTC'],
  ['UTC', 'UTC'],
  ['UTC0', 'UTC'],
  ['', 'UTC'],
  // The sign of a fixed offset is that of POSIX: what is added to reach UTC.
  ['UTC-8', 'Etc/GMT-8'],
  ['UTC+3', 'Etc/GMT+3'],
  ['GMT+3', 'Etc/GMT+3'],
  ['JST-9', 'Etc/GMT-9'],
  ['EST5', 'Etc/GMT+5'],
  ['CST-08:00:00', 'Etc/GMT-8'],
  ['<+08>-8', 'Etc/GMT-8'],
])('a machine with TZ=%s is in %s, without a word', async (TZ, name) => {
  expect(await zoneWith(TZ)).toEqual({ name })
})

test('the zone of a fixed offset is the one that the clock of the system has', async () => {
  const offset = `console.log(new Date().getTimezoneOffset(), Intl.DateTimeFormat('en', { timeZone: 'Etc/GMT-9', timeZoneName: 'longOffset' }).format())`
  const { stdout } = await run(process.execPath, ['-e', offset], { env: { TZ: 'JST-9' } })
  expect(stdout).toMatch(/^-540 .*GMT\+09:00\n$/)
})

test('a TZ that names a link is in the zone that it leads to', async () => {
  const folder = tempFolder()
  const [first, second] = [path.join(folder, 'localtime'), path.join(folder, 'second')]
  fs.symlinkSync('/usr/share/zoneinfo/Asia/Kathmandu', first)
  fs.symlinkSync('localtime', second)
  const { name } = await zoneWith(`:${second}`)
  expect(name).toMatch(/^Asia\/(Kathmandu|Katmandu)$/)
  fs.symlinkSync(path.join(folder, 'loop'), path.join(folder, 'loop'))
  expect(await zoneWith(path.join(folder, 'loop'))).toMatchObject({ name: 'UTC', problem: expect.stringContaining('loop') })
})
