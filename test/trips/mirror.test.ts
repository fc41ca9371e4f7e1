import fs from 'node:fs'
import path from 'node:path'
import type { CurrentLimitReading, LimitReading } from '@signalbox/contract/limits'
import { expect, it, onTestFinished } from 'vitest'
import { readingId, versionFile } from '../../apps/hub/src/limits/version-file.ts'
import { FILLER, fillDisk, mayMount, smallDisk } from '../support/small-disk.ts'
import { tempFolder } from '../support/temp.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

const route = '/api/claude/console-usage'
const MINUTE = 60_000

let made = 0
/** A reading that nobody has sent yet. */
function someReading(at: number): LimitReading {
  made++
  return {
    lastUpdated: new Date(at).toISOString(),
    currentSession: { resetsIn: '2 hr 42 min', percentageUsed: made % 101 },
    weeklyLimits: { allModels: { resetsIn: 'Thu 7:00 AM', percentageUsed: made % 71 } },
    source: 'console',
    machine_id: 'box',
    idempotencyKey: `r${made}`,
  }
}

const fileOf = (reading: LimitReading) => versionFile(Date.parse(reading.lastUpdated), readingId(reading))
const historyOf = (folder: string) => path.join(folder, 'console-usage-history')
const latestOf = (folder: string) => path.join(folder, 'console-usage-synced.json')
const read = <T = LimitReading>(file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as T
const versionsIn = (folder: string) => fs.readdirSync(historyOf(folder)).filter((name) => /^\d{4}-.*\.json$/.test(name))

async function send(hub: HubProcess, reading: LimitReading): Promise<number> {
  const { status, body } = await hub.ask('POST', route, reading)
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return status
}

/** The files are what the hub says it has. */
async function expectRight(hub: HubProcess, folder: string, expected: readonly LimitReading[]): Promise<void> {
  const newest = [...expected].sort((a, b) => (a.lastUpdated + readingId(a) < b.lastUpdated + readingId(b) ? -1 : 1)).at(-1)!
  const look = async () => {
    const { body } = await hub.ask<CurrentLimitReading>('GET', `${route}?version=-1`)
    expect(body.versionInfo).toMatchObject({ total: expected.length, filename: fileOf(newest) })
    expect(versionsIn(folder).sort()).toEqual(expected.map(fileOf).sort())
    expect(read(latestOf(folder))).toEqual(newest)
    expect(read(path.join(historyOf(folder), '_metadata.json'))).toMatchObject({
      versionCount: expected.length,
      newestTimestamp: newest.lastUpdated,
    })
  }
  await expect.poll(() => look().then(() => true, String), { timeout: 30_000, interval: 100 }).toBe(true)
  for (const reading of expected) expect(read(path.join(historyOf(folder), fileOf(reading)))).toEqual(reading)
  const halves = [...fs.readdirSync(folder), ...fs.readdirSync(historyOf(folder))].filter((name) => name.endsWith('.tmp'))
  expect(halves).toEqual([])
}

it('a hub that is killed under fifty writers leaves no torn file, and has all it confirmed in files soon after its start', async () => {
  const folder = tempFolder()
  const confirmed: LimitReading[] = []
  const asked: LimitReading[] = []
  for (const enough of [60, 150, 300]) {
    const hub = await startHubProcess({ DATA_DIR: folder, INGEST_LIMIT_PER_MINUTE: '1000000' })
    const write = async () => {
      try {
        for (;;) {
          const reading = someReading(Date.now() - Math.floor(Math.random() * 60) * MINUTE)
          asked.push(reading)
          await send(hub, reading)
          confirmed.push(reading)
        }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
      }
    }
    const writers = Array.from({ length: 50 }, write)
    await expect.poll(() => confirmed.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(enough)
    await hub.child.stop('SIGKILL')
    await Promise.all(writers)
    // As it was left: whole files only, each of something that was sent.
    const sent = new Map(asked.map((reading) => [fileOf(reading), reading]))
    for (const name of versionsIn(folder)) expect(read(path.join(historyOf(folder), name))).toEqual(sent.get(name))
    if (fs.existsSync(latestOf(folder))) expect(sent.get(fileOf(read(latestOf(folder))))).toBeDefined()
  }
  const hub = await startHubProcess({ DATA_DIR: folder })
  // What was written and not confirmed may be there as well.
  const total = (await hub.ask<CurrentLimitReading>('GET', `${route}?version=-1`)).body.versionInfo.total
  await expect.poll(() => versionsIn(folder).length, { timeout: 60_000 }).toBe(total)
  const files = new Set(versionsIn(folder))
  expect(confirmed.filter((reading) => !files.has(fileOf(reading)))).toEqual([])
  await expectRight(
    hub,
    folder,
    asked.filter((reading) => files.has(fileOf(reading))),
  )
}, 180_000)

it('a file goes with its version, and others stay', async () => {
  const folder = tempFolder()
  const hub = await startHubProcess({ DATA_DIR: folder, MAX_VERSIONS: '3', RETENTION_DAYS_LIMITS: '1' })
  fs.mkdirSync(historyOf(folder), { recursive: true })
  fs.writeFileSync(path.join(historyOf(folder), 'mine.json'), 'mine')
  const old = [5, 4, 3, 2].map((days) => someReading(Date.now() - days * 86_400_000))
  for (const reading of old) await send(hub, reading)
  const young = [3, 2].map((minutes) => someReading(Date.now() - minutes * MINUTE))
  for (const reading of young) await send(hub, reading)
  await expectRight(hub, folder, [old.at(-1)!, ...young])
  expect(fs.readFileSync(path.join(historyOf(folder), 'mine.json'), 'utf8')).toBe('mine')
  expect(read(path.join(historyOf(folder), '_metadata.json'))).toMatchObject({ totalVersionsCreated: 6, totalVersionsDeleted: 3 })
})

it('a hub that is told to stop writes what it has stored first', async () => {
  const folder = tempFolder()
  const hub = await startHubProcess({ DATA_DIR: folder })
  const readings = Array.from({ length: 20 }, (_, n) => someReading(Date.now() - n * MINUTE))
  await Promise.all(readings.map((reading) => send(hub, reading)))
  expect((await hub.child.stop('SIGTERM')).code).toBe(0)
  expect(versionsIn(folder).sort()).toEqual(readings.map(fileOf).sort())
  expect(read(latestOf(folder))).toEqual(readings[0])
  expect(read(path.join(historyOf(folder), '_metadata.json'))).toMatchObject({ versionCount: 20 })
})

it('the folder may be deleted while the hub runs: the next reading brings all of it back', async () => {
  const folder = tempFolder()
  const hub = await startHubProcess({ DATA_DIR: folder })
  const readings = [9, 8, 7].map((minutes) => someReading(Date.now() - minutes * MINUTE))
  for (const reading of readings) await send(hub, reading)
  await expectRight(hub, folder, readings)
  fs.rmSync(historyOf(folder), { recursive: true })
  const next = someReading(Date.now())
  await send(hub, next)
  await expectRight(hub, folder, [...readings, next])
})

it.skipIf(!mayMount)('a full disk of files costs no reading and no answer, and is told once', async () => {
  const folder = tempFolder()
  fs.mkdirSync(historyOf(folder))
  const disk = smallDisk(1024 * 1024, historyOf(folder))
  if (disk === undefined) throw new Error('no small file system could be mounted')
  const hub = await startHubProcess({ DATA_DIR: folder })
  const readings = [someReading(Date.now() - 30 * MINUTE)]
  await send(hub, readings[0]!)
  await expectRight(hub, folder, readings)
  fillDisk(disk)
  for (let n = 1; n <= 20; n++) {
    readings.push(someReading(Date.now() - (30 - n) * MINUTE))
    await send(hub, readings.at(-1)!)
  }
  await hub.child.line(/"level":"ERROR".*ENOSPC/)
  const failing = async () => {
    const response = await fetch(`${hub.url}/metrics`, { headers: { authorization: 'Bearer trip' } })
    return /^signalbox_mirror_failing (\d)$/m.exec(await response.text())?.[1]
  }
  expect(await failing()).toBe('1')
  // The file there is still the whole one.
  expect(read(latestOf(folder))).toEqual(readings[0])
  fs.rmSync(path.join(disk, FILLER))
  readings.push(someReading(Date.now()))
  await send(hub, readings.at(-1)!)
  await expectRight(hub, folder, readings)
  expect(hub.child.output().match(/"level":"ERROR"/g)).toHaveLength(1)
  expect(await failing()).toBe('0')
})

it.skipIf(!mayMount)('files that belong to somebody else are said to, and written when they no longer do', async () => {
  const folder = tempFolder()
  const nobody = 65_534
  fs.mkdirSync(historyOf(folder))
  fs.chownSync(folder, nobody, nobody)
  const hub = await startHubProcess({ DATA_DIR: folder }, { uid: nobody, gid: nobody })
  const reading = someReading(Date.now())
  await send(hub, reading)
  const [line] = await hub.child.line(/"level":"ERROR".*/)
  expect(line).toContain('may not be written')
  expect(line).toContain('has the mode 0755 and belongs to user 0, group 0; we run as user 65534')
  fs.chownSync(historyOf(folder), nobody, nobody)
  const next = someReading(Date.now())
  await send(hub, next)
  await expectRight(hub, folder, [reading, next])
})

it('LIMIT_MIRROR=false writes no file, and leaves alone what is there', async () => {
  const folder = tempFolder()
  fs.mkdirSync(historyOf(folder))
  fs.writeFileSync(path.join(historyOf(folder), 'mine.json'), 'mine')
  const hub = await startHubProcess({ DATA_DIR: folder, LIMIT_MIRROR: 'false' })
  onTestFinished(async () => void (await hub.child.stop()))
  await send(hub, someReading(Date.now()))
  expect((await hub.ask('GET', route)).status).toBe(200)
  await hub.child.stop('SIGTERM')
  expect(fs.readdirSync(historyOf(folder))).toEqual(['mine.json'])
  expect(fs.existsSync(latestOf(folder))).toBe(false)
})
