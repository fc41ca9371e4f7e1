import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FILLER, fillDisk, mayMount, mayWriteDisk, smallDisk } from '../../../../test/support/small-disk.ts'
import { expectRight, openMirror, running, version } from '../../test/mirror.ts'
import { HubError } from '../hub-error.ts'
import { HISTORY_FOLDER, LATEST_FILE, METADATA_FILE } from './folder.ts'

/** The machine may have other things to do. */
const PATIENCE = { timeout: 15_000 }
const posix = process.platform !== 'win32'
const errors = (log: readonly Record<string, unknown>[]) => log.filter(({ level }) => level === 'ERROR')
const failure = (code: string) => Object.assign(new Error(`${code}: it was made to fail`), { code })

/** Calls that fail with these codes, one after the other, before they do what they should. */
function stumbling<A extends unknown[], T>(call: (...args: A) => Promise<T>, codes: string[]) {
  const at: number[] = []
  return {
    at,
    call: async (...args: A): Promise<T> => {
      at.push(performance.now())
      const code = codes.shift()
      if (code !== undefined) throw failure(code)
      return call(...args)
    },
  }
}

describe('the mirror', () => {
  it('writes each version to a file of its own, readable by us alone, with the latest and the metadata beside', async () => {
    const house = openMirror()
    await house.mirror.step()
    await expectRight(house)
    expect(await house.mirror.step()).toBe(true)
    house.store(version(0), version(5))
    await house.mirror.step()
    house.store(version(10))
    expect(house.mirror.state.waiting).toBe(1)
    await house.mirror.step()
    await expectRight(house)
    expect(house.mirror.state).toMatchObject({ state: 'following', waiting: 0, aside: [] })
    if (posix) {
      const target = `${HISTORY_FOLDER}/${version(10).fileName}`
      expect(fs.readlinkSync(path.join(house.folder, LATEST_FILE))).toBe(target)
      expect(fs.statSync(path.join(house.history, version(0).fileName)).mode & 0o777).toBe(0o600)
      expect(fs.statSync(house.history).mode & 0o777).toBe(0o700)
    }
  })

  it('takes for the latest what was read last, whenever it came', async () => {
    const house = openMirror()
    for (const minute of [10, 5, 7]) {
      house.store(version(minute))
      await house.mirror.step()
      await expectRight(house)
    }
    expect(JSON.parse(fs.readFileSync(path.join(house.folder, LATEST_FILE), 'utf8'))).toEqual(JSON.parse(version(10).json))
  })

  it('removes the files of removed versions, and the latest when nothing is left', async () => {
    const house = openMirror()
    house.store(version(0), version(5), version(10))
    await house.mirror.step()
    house.remove(version(0))
    await house.mirror.step()
    await expectRight(house)
    house.store(version(15))
    house.remove(version(15), version(10))
    await house.mirror.step()
    await expectRight(house)
    house.remove(version(5))
    await house.mirror.step()
    await expectRight(house)
    expect(fs.readdirSync(house.history)).toEqual([METADATA_FILE])
  })

  it('never touches what others put there, and never counts it', async () => {
    const house = openMirror()
    house.store(version(0))
    await house.mirror.step()
    const others: Record<string, string> = {
      'notes.txt': 'mine',
      'backup.json': '{}',
      // Named like one of ours, but nothing that a mirror wrote.
      '2026-10-06T08-00-00-0123abcd.json': '{"lastUpdated":"2026-10-06T08:00:00.000Z"}',
      '2026-10-06T08-00-01-0123abcd.json': 'no JSON at all',
      '.draft.tmp': 'mine',
      '.notes.txt.0123abcd.tmp': 'mine',
    }
    for (const [name, text] of Object.entries(others)) fs.writeFileSync(path.join(house.history, name), text)
    fs.mkdirSync(path.join(house.history, 'folder'))
    house.store(version(5))
    house.remove(version(0))
    await house.mirror.step()
    const names = [...Object.keys(others), 'folder']
    await expectRight(house, names)
    const after = house.restarted()
    await after.mirror.step()
    await expectRight(after, names)
    for (const [name, text] of Object.entries(others)) expect(fs.readFileSync(path.join(house.history, name), 'utf8')).toBe(text)
    expect(after.mirror.state).toMatchObject({ state: 'following', aside: [] })
  })

  it('goes past a version in whose place somebody put a folder', async () => {
    const house = openMirror()
    await house.mirror.step()
    const blocked = path.join(house.history, version(5).fileName)
    house.store(version(0), version(5), version(10))
    fs.mkdirSync(blocked)
    fs.writeFileSync(path.join(blocked, 'mine'), '')
    await house.mirror.step()
    expect(house.mirror.state).toMatchObject({ state: 'following', aside: [version(5).fileName] })
    expect(JSON.parse(fs.readFileSync(path.join(house.history, version(10).fileName), 'utf8'))).toEqual(JSON.parse(version(10).json))
    fs.rmSync(blocked, { recursive: true })
    await house.mirror.step()
    expect(house.mirror.state.aside).toEqual([])
    await expectRight(house)
  })
})

describe('after a hub was killed, the mirror', () => {
  it('catches up with what was committed and not written, and removed and still there', async () => {
    const house = openMirror()
    house.store(version(0), version(5), version(10))
    await house.mirror.step()
    house.store(version(15), version(20))
    house.remove(version(0), version(10))
    const after = house.restarted()
    await after.mirror.step()
    await expectRight(after)
    expect(after.log).toEqual([expect.objectContaining({ level: 'INFO', written: 2, removed: 2 })])
  })

  it('removes what was left half written, links too', async () => {
    const house = openMirror()
    house.store(version(0))
    await house.mirror.step()
    fs.writeFileSync(path.join(house.history, `.${version(5).fileName}.0a1b2c3d.tmp`), '{"lastUp')
    fs.writeFileSync(path.join(house.history, `.${METADATA_FILE}.0a1b2c3d.tmp`), '')
    fs.symlinkSync('console-usage-history/nowhere', path.join(house.folder, `.${LATEST_FILE}.0a1b2c3d.tmp`))
    const after = house.restarted()
    await after.mirror.step()
    await expectRight(after)
    expect(after.log).toEqual([expect.objectContaining({ level: 'INFO', swept: 3 })])
  })

  it('writes everything again where the folder is gone, and mends a latest that is wrong', async () => {
    const house = openMirror()
    house.store(version(0), version(5))
    await house.mirror.step()
    fs.rmSync(house.history, { recursive: true })
    const latest = path.join(house.folder, LATEST_FILE)
    fs.rmSync(latest)
    fs.writeFileSync(latest, '{"an":"older one"}')
    const after = house.restarted()
    await after.mirror.step()
    await expectRight(after)
  })
})

describe('while the hub runs, the mirror', () => {
  it('writes everything again when the folder was taken away, at the next reading', async () => {
    const house = openMirror()
    house.store(version(0), version(5))
    await house.mirror.step()
    fs.rmSync(house.history, { recursive: true })
    house.store(version(10))
    await house.mirror.step()
    await expectRight(house)
    // Taken away and made anew by somebody else.
    fs.rmSync(house.history, { recursive: true })
    fs.mkdirSync(house.history)
    house.store(version(15))
    await house.mirror.step()
    await expectRight(house)
    fs.rmSync(path.join(house.history, version(5).fileName))
    house.store(version(20))
    await house.mirror.step()
    await expectRight(house)
    expect(errors(house.log)).toEqual([])
  })

  it('and without a reading at its next look, also where only a file or the latest was taken', async () => {
    const house = openMirror({ pace: { look: 20, retry: 20, pause: 5 } })
    house.store(version(0), version(5))
    running(house.mirror)
    const right = () => expect.poll(() => expectRight(house).then(() => true, String), PATIENCE).toBe(true)
    await right()
    for (const gone of [house.history, path.join(house.history, version(0).fileName), path.join(house.folder, LATEST_FILE)]) {
      fs.rmSync(gone, { recursive: true })
      await right()
    }
  })

  it('loses nothing when the folder goes away under its hands again and again', async () => {
    const house = openMirror({ pace: { look: 10, retry: 10, pause: 1 } })
    running(house.mirror)
    for (let n = 0; n < 60; n++) {
      house.store(version(n))
      if (n % 5 === 0) fs.rmSync(house.history, { recursive: true, force: true, maxRetries: 50, retryDelay: 1 })
      await new Promise((resolve) => setTimeout(resolve, n % 7))
    }
    await expect.poll(() => expectRight(house).then(() => true, String), PATIENCE).toBe(true)
  })

  it('shows a reader whole files only, and a latest that is always there, growing newer', async () => {
    const house = openMirror()
    house.store(version(0))
    const stop = running(house.mirror)
    await expect.poll(() => fs.existsSync(path.join(house.folder, LATEST_FILE)), PATIENCE).toBe(true)
    let reading = true
    let looks = 0
    onTestFinished(() => {
      reading = false
    })
    const reader = (async () => {
      let newest = 0
      while (reading) {
        const latest = JSON.parse(await fsPromises.readFile(path.join(house.folder, LATEST_FILE), 'utf8')) as { lastUpdated: string }
        expect(Date.parse(latest.lastUpdated)).toBeGreaterThanOrEqual(newest)
        newest = Date.parse(latest.lastUpdated)
        for (const name of fs.readdirSync(house.history).filter((entry) => entry.endsWith('.json'))) {
          try {
            JSON.parse(fs.readFileSync(path.join(house.history, name), 'utf8'))
          } catch (error) {
            // Removed since the folder was read.
            if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
          }
        }
        looks++
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    for (let n = 1; n <= 300; n++) {
      house.store(version(n))
      if (n > 20) house.remove(version(n - 20))
      if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await expect.poll(() => house.mirror.state.waiting, PATIENCE).toBe(0)
    await stop()
    reading = false
    await reader
    expect(looks).toBeGreaterThan(20)
    await expectRight(house)
  })

  it('asks the store when more waits than it cares to remember', async () => {
    const house = openMirror()
    await house.mirror.step()
    for (let n = 0; n < 1200; n++) house.store(version(n))
    expect(house.mirror.state.waiting).toBeLessThanOrEqual(1000)
    await house.mirror.step()
    await expectRight(house)
  })

  it('writes what still waits when the hub is told to stop', async () => {
    const house = openMirror()
    const stop = running(house.mirror)
    await expect.poll(() => house.mirror.state.state, PATIENCE).toBe('following')
    for (let n = 0; n < 30; n++) house.store(version(n))
    await stop()
    await expectRight(house)
  })

  it('waits for a store that cannot be read, and says so once', async () => {
    const house = openMirror()
    house.store(version(0))
    house.shelf.problem = new HubError('database_error', 'The store is locked by another program', { suggestion: 'Try again.' })
    expect(await house.mirror.step()).toBe(false)
    expect(await house.mirror.step()).toBe(false)
    expect(house.mirror.state).toMatchObject({ state: 'failing', problem: { code: 'database_error' } })
    expect(errors(house.log)).toHaveLength(1)
    house.shelf.problem = undefined
    expect(await house.mirror.step()).toBe(true)
    await expectRight(house)
  })
})

describe('where the disk', () => {
  it('has no links, the latest is a copy that is always whole', async () => {
    const house = openMirror({ disk: { symlink: () => Promise.reject(failure('EPERM')) } })
    for (const minute of [0, 10, 5]) {
      house.store(version(minute))
      await house.mirror.step()
      await expectRight(house)
    }
    const latest = path.join(house.folder, LATEST_FILE)
    expect(fs.lstatSync(latest).isFile()).toBe(true)
    // Links work again.
    const after = house.restarted()
    after.store(version(15))
    await after.mirror.step()
    await expectRight(after)
    if (posix) expect(fs.lstatSync(latest).isSymbolicLink()).toBe(true)
  })

  it.each(['EBUSY', 'EAGAIN', 'EINTR'])(
    'says %s three times, it is tried again after 100, 200 and 400 ms, and nobody hears of it',
    async (code) => {
      const rename = stumbling(fsPromises.rename, [code, code, code])
      const house = openMirror({ disk: { rename: rename.call } })
      house.store(version(0))
      expect(await house.mirror.step()).toBe(true)
      await expectRight(house)
      const waits = rename.at.slice(1, 4).map((at, n) => at - rename.at[n]!)
      for (const [n, ms] of [100, 200, 400].entries()) {
        expect(waits[n]).toBeGreaterThan(ms - 5)
      }
      expect(errors(house.log)).toEqual([])
    },
  )

  it('says EBUSY a fourth time, it is a failure, and the next reading brings everything', async () => {
    const rename = stumbling(fsPromises.rename, ['EBUSY', 'EBUSY', 'EBUSY', 'EBUSY'])
    const house = openMirror({ disk: { rename: rename.call } })
    house.store(version(0))
    expect(await house.mirror.step()).toBe(false)
    expect(rename.at).toHaveLength(4)
    expect(house.mirror.state).toMatchObject({ state: 'failing', problem: { code: 'EBUSY' } })
    house.store(version(5))
    expect(await house.mirror.step()).toBe(true)
    await expectRight(house)
  })

  it.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO'])('says %s, it fails at once, with free space and owner', async (code) => {
    const open = stumbling(fsPromises.open, [code])
    const house = openMirror({ disk: { open: open.call as typeof fsPromises.open } })
    house.store(version(0))
    expect(await house.mirror.step()).toBe(false)
    expect(open.at).toHaveLength(1)
    const { problem } = house.mirror.state
    expect(problem).toMatchObject({
      code,
      message: expect.stringMatching(/: [\d.]+ (GB|MB|kB) free; .* has the mode 0700 and belongs to user \d+/),
    })
    expect(problem?.message).toContain(house.history)
    expect(problem?.suggestion).toContain('goes on by itself')
    await house.mirror.step()
    await expectRight(house)
    expect(house.log.map(({ level, code: logged }) => [level, logged])).toEqual([
      ['ERROR', code],
      ['INFO', undefined],
      ['INFO', undefined],
    ])
  })

  it.skipIf(!mayMount)('is full to the last byte, it is said once, and mended without a restart when there is room', async () => {
    const disk = smallDisk(1024 * 1024)
    if (disk === undefined) throw new Error('no small file system could be mounted')
    const house = openMirror({ folder: disk, pace: { look: 50, retry: 50, pause: 5 } })
    house.store(version(0))
    running(house.mirror)
    await expect.poll(() => house.mirror.state.state, PATIENCE).toBe('following')
    fillDisk(disk)
    for (let n = 1; n <= 20; n++) {
      house.store(version(n))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await expect.poll(() => house.mirror.state.state, PATIENCE).toBe('failing')
    expect(house.mirror.state).toMatchObject({
      problem: { code: 'ENOSPC', message: expect.stringContaining('is full: 0 B free') },
    })
    expect(errors(house.log)).toHaveLength(1)
    // What was there is still whole.
    expect(JSON.parse(fs.readFileSync(path.join(disk, LATEST_FILE), 'utf8'))).toEqual(JSON.parse(version(0).json))
    fs.rmSync(path.join(disk, FILLER))
    await expect.poll(() => expectRight(house).then(() => true, String), PATIENCE).toBe(true)
    expect(errors(house.log)).toHaveLength(1)
    expect(house.mirror.state.problem).toBeUndefined()
  })

  it.skipIf(!mayMount)('is read-only, it is said once, and mended without a restart when it may be written', async () => {
    const disk = smallDisk(1024 * 1024)
    if (disk === undefined) throw new Error('no small file system could be mounted')
    const house = openMirror({ folder: disk, pace: { look: 50, retry: 50, pause: 5 } })
    house.store(version(0))
    running(house.mirror)
    await expect.poll(() => house.mirror.state.state, PATIENCE).toBe('following')
    mayWriteDisk(disk, false)
    onTestFinished(() => mayWriteDisk(disk, true))
    house.store(version(5))
    await expect.poll(() => house.mirror.state.problem?.code, PATIENCE).toBe('EROFS')
    house.store(version(10))
    house.remove(version(0))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(house.mirror.state.problem?.message).toMatch(/is read-only: .* free; .* belongs to user/)
    expect(errors(house.log)).toHaveLength(1)
    mayWriteDisk(disk, true)
    await expect.poll(() => expectRight(house).then(() => true, String), PATIENCE).toBe(true)
  })

  it.skipIf(!posix || process.getuid?.() === 0)('belongs to somebody else, it says who, and goes on when it may', async () => {
    const house = openMirror()
    house.store(version(0))
    await house.mirror.step()
    fs.chmodSync(house.history, 0o500)
    house.store(version(5))
    expect(await house.mirror.step()).toBe(false)
    expect(house.mirror.state.problem).toMatchObject({ code: 'EACCES', message: expect.stringContaining('has the mode 0500') })
    fs.chmodSync(house.history, 0o700)
    expect(await house.mirror.step()).toBe(true)
    await expectRight(house)
  })

  it('has a file where the folder should be, it says so, and goes on when that is gone', async () => {
    const house = openMirror()
    fs.writeFileSync(house.history, 'mine')
    house.store(version(0))
    expect(await house.mirror.step()).toBe(false)
    expect(house.mirror.state.problem?.message).toContain(`${house.history} is not a folder`)
    expect(fs.readFileSync(house.history, 'utf8')).toBe('mine')
    fs.rmSync(house.history)
    expect(await house.mirror.step()).toBe(true)
    await expectRight(house)
  })
})
