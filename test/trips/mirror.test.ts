import fs from 'node:fs'
import path from 'node:path'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it, onTestFinished } from 'vitest'
import { snapshotId, versionFile } from '../../apps/hub/src/limits/version-file.ts'
import { openSqliteStore } from '../../apps/hub/src/store/sqlite/open.ts'
import { canMount, FILLER, fillDisk, smallDisk } from '../support/small-disk.ts'
import { tempFolder } from '../support/temp.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

const route = '/api/claude/console-usage'
const MINUTE = 60_000

let created = 0
/** Creates a snapshot that differs from every earlier one. */
function someSnapshot(at: number): SnapshotBody {
  created++
  return {
    lastUpdated: new Date(at).toISOString(),
    currentSession: { resetsIn: '2 hr 42 min', percentageUsed: created % 101 },
    weeklyLimits: { allModels: { resetsIn: 'Thu 7:00 AM', percentageUsed: created % 71 } },
    source: 'console',
    machine_id: 'box',
    idempotencyKey: `r${created}`,
  }
}

const fileOf = (snapshot: SnapshotBody) => versionFile(Date.parse(snapshot.lastUpdated), snapshotId(snapshot))
const historyOf = (folder: string) => path.join(folder, 'console-usage-history')
const latestOf = (folder: string) => path.join(folder, 'console-usage-synced.json')
const read = <T = SnapshotBody>(file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as T
const versionsIn = (folder: string) => fs.readdirSync(historyOf(folder)).filter((name) => /^\d{4}-.*\.json$/.test(name))

async function send(hub: HubProcess, snapshot: SnapshotBody): Promise<number> {
  const { status, body } = await hub.ask('POST', route, snapshot)
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return status
}

/** Waits until the files are exactly the versions that the hub has. */
async function expectMirrored(hub: HubProcess, folder: string, expected: readonly SnapshotBody[]): Promise<void> {
  const newest = [...expected].sort((a, b) => (a.lastUpdated + snapshotId(a) < b.lastUpdated + snapshotId(b) ? -1 : 1)).at(-1)!
  const compare = async () => {
    const { body } = await hub.ask<CurrentLimits>('GET', `${route}?version=-1`)
    expect(body.versionInfo).toMatchObject({ total: expected.length, filename: fileOf(newest) })
    expect(versionsIn(folder).sort()).toEqual(expected.map(fileOf).sort())
    expect(read(latestOf(folder))).toEqual(newest)
    expect(read(path.join(historyOf(folder), '_metadata.json'))).toMatchObject({
      versionCount: expected.length,
      newestTimestamp: newest.lastUpdated,
    })
  }
  await expect.poll(() => compare().then(() => true, String), { timeout: 30_000, interval: 100 }).toBe(true)
  for (const snapshot of expected) expect(read(path.join(historyOf(folder), fileOf(snapshot)))).toEqual(snapshot)
  const unfinished = [...fs.readdirSync(folder), ...fs.readdirSync(historyOf(folder))].filter((name) => name.endsWith('.tmp'))
  expect(unfinished).toEqual([])
}

it('a hub that is killed under fifty writers leaves no torn file, and has all it confirmed in files soon after a restart', async () => {
  const folder = tempFolder()
  const confirmed: SnapshotBody[] = []
  const sent: SnapshotBody[] = []
  for (const enough of [60, 120, 180]) {
    const hub = await startHubProcess({ DATA_DIR: folder, INGEST_LIMIT_PER_MINUTE: '1000000' })
    const write = async () => {
      try {
        for (;;) {
          const snapshot = someSnapshot(Date.now() - Math.floor(Math.random() * 60) * MINUTE)
          sent.push(snapshot)
          await send(hub, snapshot)
          confirmed.push(snapshot)
        }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
      }
    }
    const writers = Array.from({ length: 50 }, write)
    await expect.poll(() => confirmed.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(enough)
    await hub.child.stop('SIGKILL')
    await Promise.all(writers)
    // The killed hub left only whole files, each of a snapshot that was sent.
    const byFile = new Map(sent.map((snapshot) => [fileOf(snapshot), snapshot]))
    for (const name of versionsIn(folder)) expect(read(path.join(historyOf(folder), name))).toEqual(byFile.get(name))
    if (fs.existsSync(latestOf(folder))) expect(byFile.get(fileOf(read(latestOf(folder))))).toBeDefined()
  }
  const hub = await startHubProcess({ DATA_DIR: folder })
  // Snapshots that were stored but not confirmed may be there too.
  const total = (await hub.ask<CurrentLimits>('GET', `${route}?version=-1`)).body.versionInfo.total
  await expect.poll(() => versionsIn(folder).length, { timeout: 60_000 }).toBe(total)
  const files = new Set(versionsIn(folder))
  expect(confirmed.filter((snapshot) => !files.has(fileOf(snapshot)))).toEqual([])
  await expectMirrored(
    hub,
    folder,
    sent.filter((snapshot) => files.has(fileOf(snapshot))),
  )
}, 180_000)

it('a deleted version takes its file along, and files of others stay', async () => {
  const folder = tempFolder()
  const hub = await startHubProcess({ DATA_DIR: folder, MAX_VERSIONS: '3', RETENTION_DAYS_LIMITS: '1' })
  fs.mkdirSync(historyOf(folder), { recursive: true })
  fs.writeFileSync(path.join(historyOf(folder), 'mine.json'), 'mine')
  const expired = [5, 4, 3, 2].map((days) => someSnapshot(Date.now() - days * 86_400_000))
  for (const snapshot of expired) await send(hub, snapshot)
  const current = [3, 2].map((minutes) => someSnapshot(Date.now() - minutes * MINUTE))
  for (const snapshot of current) await send(hub, snapshot)
  await expectMirrored(hub, folder, [expired.at(-1)!, ...current])
  expect(fs.readFileSync(path.join(historyOf(folder), 'mine.json'), 'utf8')).toBe('mine')
  expect(read(path.join(historyOf(folder), '_metadata.json'))).toMatchObject({ totalVersionsCreated: 6, totalVersionsDeleted: 3 })
})

it('a hub that is stopped writes the files of everything stored first', async () => {
  const folder = tempFolder()
  const hub = await startHubProcess({ DATA_DIR: folder })
  const snapshots = Array.from({ length: 20 }, (_, n) => someSnapshot(Date.now() - n * MINUTE))
  await Promise.all(snapshots.map((snapshot) => send(hub, snapshot)))
  expect((await hub.child.stop('SIGTERM')).code).toBe(0)
  expect(versionsIn(folder).sort()).toEqual(snapshots.map(fileOf).sort())
  expect(read(latestOf(folder))).toEqual(snapshots[0])
  expect(read(path.join(historyOf(folder), '_metadata.json'))).toMatchObject({ versionCount: 20 })
})

it('a stored version of a year that is none stops nothing: the hub says which, and writes all others, also after a restart', async () => {
  const folder = tempFolder()
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  const early = { ...someSnapshot(0), lastUpdated: '-000001-12-31T23:00:00Z' }
  await store.limits.put(early, { now: 0 })
  await store.close()
  const snapshots = [9, 8].map((minutes) => someSnapshot(Date.now() - minutes * MINUTE))
  for (const [index, snapshot] of snapshots.entries()) {
    const hub = await startHubProcess({ DATA_DIR: folder })
    await send(hub, snapshot)
    await expect.poll(() => read(latestOf(folder)), { timeout: 30_000 }).toEqual(snapshot)
    // The newest files are written before the version that is refused is reached.
    const mirror = async () => (await hub.ask('GET', '/api/mirror')).body
    await expect.poll(mirror, { timeout: 30_000 }).toMatchObject({ state: 'following', aside: [fileOf(early)] })
    expect(versionsIn(folder).sort()).toEqual(
      snapshots
        .slice(0, index + 1)
        .map(fileOf)
        .sort(),
    )
    expect((await hub.child.stop('SIGTERM')).code).toBe(0)
  }
})

it('the folder may be deleted while the hub runs: the next snapshot restores all of it', async () => {
  const folder = tempFolder()
  const hub = await startHubProcess({ DATA_DIR: folder })
  const snapshots = [9, 8, 7].map((minutes) => someSnapshot(Date.now() - minutes * MINUTE))
  for (const snapshot of snapshots) await send(hub, snapshot)
  await expectMirrored(hub, folder, snapshots)
  fs.rmSync(historyOf(folder), { recursive: true })
  const next = someSnapshot(Date.now())
  await send(hub, next)
  await expectMirrored(hub, folder, [...snapshots, next])
})

it.skipIf(!canMount)('a full disk of the mirror loses no snapshot and no answer, and is logged once', async () => {
  const folder = tempFolder()
  fs.mkdirSync(historyOf(folder))
  const disk = smallDisk(1024 * 1024, historyOf(folder))
  if (disk === undefined) throw new Error('no small file system could be mounted')
  const hub = await startHubProcess({ DATA_DIR: folder })
  const snapshots = [someSnapshot(Date.now() - 30 * MINUTE)]
  await send(hub, snapshots[0]!)
  await expectMirrored(hub, folder, snapshots)
  fillDisk(disk)
  for (let n = 1; n <= 20; n++) {
    snapshots.push(someSnapshot(Date.now() - (30 - n) * MINUTE))
    await send(hub, snapshots.at(-1)!)
  }
  await hub.child.line(/"level":"ERROR".*ENOSPC/)
  const failing = async () => {
    const response = await fetch(`${hub.url}/metrics`, { headers: { authorization: 'Bearer trip' } })
    return /^signalbox_mirror_failing (\d)$/m.exec(await response.text())?.[1]
  }
  expect(await failing()).toBe('1')
  // The file from before is still whole.
  expect(read(latestOf(folder))).toEqual(snapshots[0])
  fs.rmSync(path.join(disk, FILLER))
  snapshots.push(someSnapshot(Date.now()))
  await send(hub, snapshots.at(-1)!)
  await expectMirrored(hub, folder, snapshots)
  expect(hub.child.output().match(/"level":"ERROR"/g)).toHaveLength(1)
  expect(await failing()).toBe('0')
})

it.skipIf(!canMount)('a folder of another user is reported, and written once it belongs to us', async () => {
  const folder = tempFolder()
  const UNPRIVILEGED = 65_534
  fs.mkdirSync(historyOf(folder))
  fs.chownSync(folder, UNPRIVILEGED, UNPRIVILEGED)
  const hub = await startHubProcess({ DATA_DIR: folder }, { uid: UNPRIVILEGED, gid: UNPRIVILEGED })
  const snapshot = someSnapshot(Date.now())
  await send(hub, snapshot)
  const [line] = await hub.child.line(/"level":"ERROR".*/)
  expect(line).toContain('may not be written')
  expect(line).toMatch(/has the mode 0755 and belongs to user 0, group 0; .* as user 65534/)
  fs.chownSync(historyOf(folder), UNPRIVILEGED, UNPRIVILEGED)
  const next = someSnapshot(Date.now())
  await send(hub, next)
  await expectMirrored(hub, folder, [snapshot, next])
})

it('LIMIT_MIRROR=false writes no file and leaves existing ones alone', async () => {
  const folder = tempFolder()
  fs.mkdirSync(historyOf(folder))
  fs.writeFileSync(path.join(historyOf(folder), 'mine.json'), 'mine')
  const hub = await startHubProcess({ DATA_DIR: folder, LIMIT_MIRROR: 'false' })
  onTestFinished(async () => void (await hub.child.stop()))
  await send(hub, someSnapshot(Date.now()))
  expect((await hub.ask('GET', route)).status).toBe(200)
  await hub.child.stop('SIGTERM')
  expect(fs.readdirSync(historyOf(folder))).toEqual(['mine.json'])
  expect(fs.existsSync(latestOf(folder))).toBe(false)
})
