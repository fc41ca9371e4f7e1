import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { expectMirrored, openMirror, runMirror, version } from '../../test/mirror.ts'
import { realDisk } from './disk.ts'
import { LATEST_FILE, METADATA_FILE, MirrorFolder } from './folder.ts'
import { inspect } from './inspect.ts'
import { rebuild } from './rebuild.ts'

const now = Date.now()
const pollOptions = { timeout: 45_000 }

/** A mirror of thirty versions that is not running. */
async function openStoppedMirror() {
  const files = openMirror()
  for (let n = 0; n < 30; n++) files.store(version(n))
  await files.mirror.step()
  const folder = new MirrorFolder(files.folder, realDisk)
  return { ...files, mirrorFolder: folder, file: (n: number) => path.join(files.history, version(n).fileName) }
}

test('files that are in order are left unchanged', async () => {
  const files = await openStoppedMirror()
  const before = fs.readdirSync(files.history).map((name) => fs.statSync(path.join(files.history, name)).ino)
  expect(await inspect(files.mirrorFolder, files.source)).toMatchObject({
    versions: 30,
    missing: [],
    damaged: [],
    leftOver: [],
    foreign: 0,
    latest: { file: version(29).fileName },
    inOrder: true,
    free: expect.any(Number),
  })
  expect(await rebuild(files.mirrorFolder, files.source, { now })).toEqual({
    versions: 30,
    written: 0,
    unchanged: 30,
    removed: 0,
    aside: [],
    finished: true,
  })
  expect(fs.readdirSync(files.history).map((name) => fs.statSync(path.join(files.history, name)).ino)).toEqual(before)
})

test('missing, damaged, left-over and wrong files are found and repaired, and foreign files stay', async () => {
  const files = await openStoppedMirror()
  fs.rmSync(files.file(3))
  fs.truncateSync(files.file(4), 20)
  fs.copyFileSync(files.file(6), files.file(5))
  files.source.versions.splice(7, 2)
  files.source.deleted += 2
  fs.writeFileSync(path.join(files.history, 'mine.json'), 'mine')
  fs.writeFileSync(path.join(files.history, METADATA_FILE), '{}')
  fs.rmSync(path.join(files.folder, LATEST_FILE))
  fs.symlinkSync('nowhere', path.join(files.folder, LATEST_FILE))
  expect(await inspect(files.mirrorFolder, files.source)).toMatchObject({
    versions: 28,
    missing: [version(3).fileName],
    damaged: [version(4).fileName, version(5).fileName],
    leftOver: [version(7).fileName, version(8).fileName],
    foreign: 1,
    latestIsRight: false,
    metadataIsRight: false,
    inOrder: false,
  })
  const progress: number[] = []
  const rebuilt = await rebuild(files.mirrorFolder, files.source, { now, onProgress: (done) => progress.push(done) })
  expect(rebuilt).toEqual({ versions: 28, written: 3, unchanged: 25, removed: 2, aside: [], finished: true })
  expect(progress).toEqual(Array.from({ length: 28 }, (_, n) => n + 1))
  await expectMirrored(files, ['mine.json'])
  expect((await inspect(files.mirrorFolder, files.source)).inOrder).toBe(true)
})

test('all files are written where there are none, and only old temporary files are removed', async () => {
  const files = await openStoppedMirror()
  fs.rmSync(files.history, { recursive: true })
  expect(await inspect(files.mirrorFolder, files.source)).toMatchObject({ versions: 30, inOrder: false })
  fs.mkdirSync(files.history)
  const [old, fresh] = ['0a1b2c3d', '4e5f6a7b'].map((hex) => `.${version(3).fileName}.${hex}.tmp`) as [string, string]
  for (const name of [old, fresh]) fs.writeFileSync(path.join(files.history, name), '{')
  fs.utimesSync(path.join(files.history, old), 0, 0)
  expect(await rebuild(files.mirrorFolder, files.source, { now: Date.now() })).toMatchObject({ written: 30, unchanged: 0 })
  await expectMirrored(files, [fresh])
})

test('a rebuild stops between two files on its signal, and the next one continues', async () => {
  const files = await openStoppedMirror()
  fs.rmSync(files.history, { recursive: true })
  const end = new AbortController()
  const onProgress = (done: number) => {
    if (done === 10) end.abort()
  }
  expect(await rebuild(files.mirrorFolder, files.source, { now, onProgress, signal: end.signal })).toMatchObject({
    written: 10,
    finished: false,
  })
  expect(await rebuild(files.mirrorFolder, files.source, { now })).toMatchObject({ written: 20, unchanged: 10, finished: true })
  await expectMirrored(files)
})

test('a file that another program restores during a write is found at the next check, although the folder has the same stamp', async () => {
  const files = openMirror()
  const [old, kept] = [version(1), version(2)]
  files.store(old)
  files.store(kept)
  // An instant that can be set again to the nanosecond.
  const resetStamp = () => fs.utimesSync(files.history, 1_800_000_000, 1_800_000_000)
  await files.mirror.step()
  const text = fs.readFileSync(path.join(files.history, old.fileName))
  files.remove(old)
  await files.mirror.step()
  resetStamp()
  await files.mirror.step()
  fs.writeFileSync(path.join(files.history, old.fileName), text)
  const foreign = path.join(files.history, old.fileName.replace(/-[0-9a-f]{8}\./, '-00000000.'))
  fs.writeFileSync(foreign, text)
  resetStamp()
  await files.mirror.step()
  expect(fs.existsSync(path.join(files.history, old.fileName))).toBe(false)
  expect(fs.existsSync(foreign)).toBe(true)
  expect(fs.existsSync(path.join(files.history, kept.fileName))).toBe(true)
})

test('a rebuild and a hub that writes and removes all the time do not spoil each other', async () => {
  // The hub repairs at its next check what the last round of a rebuild may have left wrong.
  const files = openMirror({ times: { checkInterval: 50, retryDelay: 50, minRetryDelay: 5 } })
  runMirror(files.mirror)
  const folder = new MirrorFolder(files.folder, realDisk)
  let isBusy = true
  const hub = (async () => {
    for (let n = 0; isBusy; n++) {
      files.store(version(n))
      if (n >= 30) files.remove(version(n - 30))
      await sleep(n % 9)
    }
  })()
  for (let rounds = 0; rounds < 3; rounds++) await rebuild(folder, files.source, { now: Date.now() })
  isBusy = false
  await hub
  await expect.poll(() => files.mirror.state.waiting, pollOptions).toBe(0)
  await expect.poll(() => expectMirrored(files).then(() => true, String), pollOptions).toBe(true)
}, 60_000)

test('a version that can be no file steps aside: the others are written, and the newest of them is the latest', async () => {
  const files = await openStoppedMirror()
  const early = {
    fileName: '-000001-12-31T23-00-00-5f0c3b1a.json',
    json: '{}',
    account: version(31).account,
    lastUpdated: Date.parse('-000001-12-31T23:00:00Z'),
  }
  files.store(early)
  files.store(version(31))
  expect(await files.mirror.step()).toBe(true)
  expect(files.mirror.state).toMatchObject({ state: 'following', aside: [early.fileName] })
  expect(fs.readlinkSync(path.join(files.folder, LATEST_FILE))).toContain(version(31).fileName)
  fs.rmSync(files.file(3))
  const rebuilt = await rebuild(files.mirrorFolder, files.source, { now })
  expect(rebuilt).toMatchObject({ versions: 32, written: 1, aside: [early.fileName], finished: true })
  expect(await inspect(files.mirrorFolder, files.source)).toMatchObject({ aside: [early.fileName], missing: [], inOrder: true })
  // Retention removes it as any other.
  files.remove(early)
  expect(await files.mirror.step()).toBe(true)
})
