import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { expectRight, openMirror, running, version } from '../../test/mirror.ts'
import { realDisk } from './disk.ts'
import { LATEST_FILE, METADATA_FILE, MirrorFolder } from './folder.ts'
import { inspect } from './inspect.ts'
import { rebuild } from './rebuild.ts'

const now = Date.now()
const PATIENCE = { timeout: 15_000 }

/** A mirror of thirty versions that nobody follows any more. */
async function settled() {
  const house = openMirror()
  for (let n = 0; n < 30; n++) house.store(version(n))
  await house.mirror.step()
  const folder = new MirrorFolder(house.folder, realDisk)
  return { ...house, folderOf: folder, file: (n: number) => path.join(house.history, version(n).fileName) }
}

test('what is in order is left as it is, to the last file', async () => {
  const house = await settled()
  const before = fs.readdirSync(house.history).map((name) => fs.statSync(path.join(house.history, name)).ino)
  expect(await inspect(house.folderOf, house.shelf)).toMatchObject({
    versions: 30,
    missing: [],
    damaged: [],
    leftOver: [],
    foreign: 0,
    latest: { file: version(29).fileName },
    inOrder: true,
    free: expect.any(Number),
  })
  expect(await rebuild(house.folderOf, house.shelf, { now })).toEqual({
    versions: 30,
    written: 0,
    unchanged: 30,
    removed: 0,
    aside: [],
    finished: true,
  })
  expect(fs.readdirSync(house.history).map((name) => fs.statSync(path.join(house.history, name)).ino)).toEqual(before)
})

test('what is missing, damaged, left over or wrong is seen and mended, and what is foreign stays', async () => {
  const house = await settled()
  fs.rmSync(house.file(3))
  fs.truncateSync(house.file(4), 20)
  fs.copyFileSync(house.file(6), house.file(5))
  house.shelf.versions.splice(7, 2)
  house.shelf.deleted += 2
  fs.writeFileSync(path.join(house.history, 'mine.json'), 'mine')
  fs.writeFileSync(path.join(house.history, METADATA_FILE), '{}')
  fs.rmSync(path.join(house.folder, LATEST_FILE))
  fs.symlinkSync('nowhere', path.join(house.folder, LATEST_FILE))
  expect(await inspect(house.folderOf, house.shelf)).toMatchObject({
    versions: 28,
    missing: [version(3).fileName],
    damaged: [version(4).fileName, version(5).fileName],
    leftOver: [version(7).fileName, version(8).fileName],
    foreign: 1,
    latestIsRight: false,
    metadataIsRight: false,
    inOrder: false,
  })
  const seen: number[] = []
  const rebuilt = await rebuild(house.folderOf, house.shelf, { now, onProgress: (done) => seen.push(done) })
  expect(rebuilt).toEqual({ versions: 28, written: 3, unchanged: 25, removed: 2, aside: [], finished: true })
  expect(seen).toEqual(Array.from({ length: 28 }, (_, n) => n + 1))
  await expectRight(house, ['mine.json'])
  expect((await inspect(house.folderOf, house.shelf)).inOrder).toBe(true)
})

test('where nothing is, all of it is written, and of what was left half written only what is old is swept', async () => {
  const house = await settled()
  fs.rmSync(house.history, { recursive: true })
  expect(await inspect(house.folderOf, house.shelf)).toMatchObject({ versions: 30, inOrder: false })
  fs.mkdirSync(house.history)
  const [old, fresh] = ['0a1b2c3d', '4e5f6a7b'].map((hex) => `.${version(3).fileName}.${hex}.tmp`) as [string, string]
  for (const name of [old, fresh]) fs.writeFileSync(path.join(house.history, name), '{')
  fs.utimesSync(path.join(house.history, old), 0, 0)
  expect(await rebuild(house.folderOf, house.shelf, { now: Date.now() })).toMatchObject({ written: 30, unchanged: 0 })
  await expectRight(house, [fresh])
})

test('it ends between two files when it is told to, and the next one goes on', async () => {
  const house = await settled()
  fs.rmSync(house.history, { recursive: true })
  const end = new AbortController()
  const onProgress = (done: number) => {
    if (done === 10) end.abort()
  }
  expect(await rebuild(house.folderOf, house.shelf, { now, onProgress, signal: end.signal })).toMatchObject({
    written: 10,
    finished: false,
  })
  expect(await rebuild(house.folderOf, house.shelf, { now })).toMatchObject({ written: 20, unchanged: 10, finished: true })
  await expectRight(house)
})

test('what another program puts back while the hub writes is found at the next look, though the folder looks as it was left', async () => {
  const house = openMirror()
  const [old, kept] = [version(1), version(2)]
  house.store(old)
  house.store(kept)
  // A time that can be set again to the nanosecond.
  const settle = () => fs.utimesSync(house.history, 1_800_000_000, 1_800_000_000)
  await house.mirror.step()
  const text = fs.readFileSync(path.join(house.history, old.fileName))
  house.remove(old)
  await house.mirror.step()
  settle()
  await house.mirror.step()
  fs.writeFileSync(path.join(house.history, old.fileName), text)
  const foreign = path.join(house.history, old.fileName.replace(/-[0-9a-f]{8}\./, '-00000000.'))
  fs.writeFileSync(foreign, text)
  settle()
  await house.mirror.step()
  expect(fs.existsSync(path.join(house.history, old.fileName))).toBe(false)
  expect(fs.existsSync(foreign)).toBe(true)
  expect(fs.existsSync(path.join(house.history, kept.fileName))).toBe(true)
})

test('beside a hub that writes and removes all the time, neither spoils what the other does', async () => {
  // What a rebuild that gave up has spoiled in its last round, the hub mends at its next look.
  const house = openMirror({ pace: { look: 50, retry: 50, pause: 5 } })
  running(house.mirror)
  const folder = new MirrorFolder(house.folder, realDisk)
  let busy = true
  const hub = (async () => {
    for (let n = 0; busy; n++) {
      house.store(version(n))
      if (n >= 30) house.remove(version(n - 30))
      await new Promise((resolve) => setTimeout(resolve, n % 9))
    }
  })()
  for (let rounds = 0; rounds < 3; rounds++) await rebuild(folder, house.shelf, { now: Date.now() })
  busy = false
  await hub
  await expect.poll(() => house.mirror.state.waiting, PATIENCE).toBe(0)
  await expect.poll(() => expectRight(house).then(() => true, String), PATIENCE).toBe(true)
}, 60_000)
