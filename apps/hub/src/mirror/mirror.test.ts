import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { canMount, FILLER, fillDisk, setDiskWritable, smallDisk } from '../../../../test/support/small-disk.ts'
import { expectMirrored, openMirror, runMirror, version } from '../../test/mirror.ts'
import { HubError } from '../hub-error.ts'
import { HISTORY_FOLDER, LATEST_FILE, METADATA_FILE } from './folder.ts'

/** Generous: the machine may be busy. */
const pollOptions = { timeout: 45_000 }
const posix = process.platform !== 'win32'
const errors = (log: readonly Record<string, unknown>[]) => log.filter(({ level }) => level === 'ERROR')
const failure = (code: string) => Object.assign(new Error(`${code}: it was made to fail`), { code })

/** A call that fails with these codes, one after the other, before it succeeds. */
function failingCall<A extends unknown[], T>(call: (...args: A) => Promise<T>, codes: string[]) {
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
  it('writes each version to its own file, readable only by its owner, beside the latest and the metadata', async () => {
    const files = openMirror()
    await files.mirror.step()
    await expectMirrored(files)
    expect(await files.mirror.step()).toBe(true)
    files.store(version(0), version(5))
    await files.mirror.step()
    files.store(version(10))
    expect(files.mirror.state.waiting).toBe(1)
    await files.mirror.step()
    await expectMirrored(files)
    expect(files.mirror.state).toMatchObject({ state: 'following', waiting: 0, aside: [] })
    if (posix) {
      const target = `${HISTORY_FOLDER}/${version(10).fileName}`
      expect(fs.readlinkSync(path.join(files.folder, LATEST_FILE))).toBe(target)
      expect(fs.statSync(path.join(files.history, version(0).fileName)).mode & 0o777).toBe(0o600)
      expect(fs.statSync(files.history).mode & 0o777).toBe(0o700)
    }
  })

  it('indents a file for people, but not a large one: that keeps requests waiting', async () => {
    const files = openMirror()
    const small = version(0)
    const body = { ...JSON.parse(version(5).json), extraUsage: { list: Array.from({ length: 3_000 }, () => [[1]]) } }
    const large = { ...version(5), json: JSON.stringify(body) }
    files.store(small, large)
    expect(await files.mirror.step()).toBe(true)
    const text = (one: { fileName: string }) => fs.readFileSync(path.join(files.history, one.fileName), 'utf8')
    expect(text(small)).toBe(`${JSON.stringify(JSON.parse(small.json), null, 2)}\n`)
    expect(text(large)).toBe(`${large.json}\n`)
    // Both are what the store has: nothing is written again.
    const [stamp] = [fs.statSync(path.join(files.history, large.fileName)).mtimeMs]
    expect(await files.restarted().mirror.step()).toBe(true)
    expect(fs.statSync(path.join(files.history, large.fileName)).mtimeMs).toBe(stamp)
  })

  it('links the version with the newest instant as the latest, in whatever order versions come', async () => {
    const files = openMirror()
    for (const minute of [10, 5, 7]) {
      files.store(version(minute))
      await files.mirror.step()
      await expectMirrored(files)
    }
    expect(JSON.parse(fs.readFileSync(path.join(files.folder, LATEST_FILE), 'utf8'))).toEqual(JSON.parse(version(10).json))
  })

  it('keeps the latest to the plan that a request without an account gets, and follows when that is another one', async () => {
    const files = openMirror()
    files.store(version(0, 20), version(5, 91, 'ben'))
    await files.mirror.step()
    await expectMirrored(files)
    files.store(version(10, 92, 'ben'), version(15, 21), version(20, 93, 'ben'))
    await files.mirror.step()
    await expectMirrored(files)
    expect(await files.restarted().mirror.step()).toBe(true)
    await expectMirrored(files)
    files.source.latest = ['ben']
    await files.mirror.step()
    await expectMirrored(files)
  })

  it('removes the files of removed versions, and the latest with the last of them', async () => {
    const files = openMirror()
    files.store(version(0), version(5), version(10))
    await files.mirror.step()
    files.remove(version(0))
    await files.mirror.step()
    await expectMirrored(files)
    files.store(version(15))
    files.remove(version(15), version(10))
    await files.mirror.step()
    await expectMirrored(files)
    files.remove(version(5))
    await files.mirror.step()
    await expectMirrored(files)
    expect(fs.readdirSync(files.history)).toEqual([METADATA_FILE])
  })

  it('never touches or counts foreign files', async () => {
    const files = openMirror()
    files.store(version(0))
    await files.mirror.step()
    const others: Record<string, string> = {
      'notes.txt': 'mine',
      'backup.json': '{}',
      // The name of a version, but not written by a mirror.
      '2026-10-06T08-00-00-0123abcd.json': '{"lastUpdated":"2026-10-06T08:00:00.000Z"}',
      '2026-10-06T08-00-01-0123abcd.json': 'no JSON at all',
      '.draft.tmp': 'mine',
      '.notes.txt.0123abcd.tmp': 'mine',
    }
    for (const [name, text] of Object.entries(others)) fs.writeFileSync(path.join(files.history, name), text)
    fs.mkdirSync(path.join(files.history, 'folder'))
    files.store(version(5))
    files.remove(version(0))
    await files.mirror.step()
    const names = [...Object.keys(others), 'folder']
    await expectMirrored(files, names)
    const after = files.restarted()
    await after.mirror.step()
    await expectMirrored(after, names)
    for (const [name, text] of Object.entries(others)) expect(fs.readFileSync(path.join(files.history, name), 'utf8')).toBe(text)
    expect(after.mirror.state).toMatchObject({ state: 'following', aside: [] })
  })

  it('skips a version whose name a folder has', async () => {
    const files = openMirror()
    await files.mirror.step()
    const blocked = path.join(files.history, version(5).fileName)
    files.store(version(0), version(5), version(10))
    fs.mkdirSync(blocked)
    fs.writeFileSync(path.join(blocked, 'mine'), '')
    await files.mirror.step()
    expect(files.mirror.state).toMatchObject({ state: 'following', aside: [version(5).fileName] })
    expect(JSON.parse(fs.readFileSync(path.join(files.history, version(10).fileName), 'utf8'))).toEqual(JSON.parse(version(10).json))
    fs.rmSync(blocked, { recursive: true })
    await files.mirror.step()
    expect(files.mirror.state.aside).toEqual([])
    await expectMirrored(files)
  })
})

describe('after a hub was killed, the mirror', () => {
  it('writes committed versions that are missing, and removes files of removed versions', async () => {
    const files = openMirror()
    files.store(version(0), version(5), version(10))
    await files.mirror.step()
    files.store(version(15), version(20))
    files.remove(version(0), version(10))
    const after = files.restarted()
    await after.mirror.step()
    await expectMirrored(after)
    expect(after.log).toEqual([expect.objectContaining({ level: 'INFO', written: 2, removed: 2 })])
  })

  it('removes temporary files, links too', async () => {
    const files = openMirror()
    files.store(version(0))
    await files.mirror.step()
    fs.writeFileSync(path.join(files.history, `.${version(5).fileName}.0a1b2c3d.tmp`), '{"lastUp')
    fs.writeFileSync(path.join(files.history, `.${METADATA_FILE}.0a1b2c3d.tmp`), '')
    fs.symlinkSync('console-usage-history/nowhere', path.join(files.folder, `.${LATEST_FILE}.0a1b2c3d.tmp`))
    const after = files.restarted()
    await after.mirror.step()
    await expectMirrored(after)
    expect(after.log).toEqual([expect.objectContaining({ level: 'INFO', removed: 3 })])
  })

  it('writes all files again where the folder is gone, and repairs a wrong latest', async () => {
    const files = openMirror()
    files.store(version(0), version(5))
    await files.mirror.step()
    fs.rmSync(files.history, { recursive: true })
    const latest = path.join(files.folder, LATEST_FILE)
    fs.rmSync(latest)
    fs.writeFileSync(latest, '{"an":"older one"}')
    const after = files.restarted()
    await after.mirror.step()
    await expectMirrored(after)
  })
})

describe('while the hub runs, the mirror', () => {
  it('writes all files again after the folder was removed, at the next snapshot', async () => {
    const files = openMirror()
    files.store(version(0), version(5))
    await files.mirror.step()
    fs.rmSync(files.history, { recursive: true })
    files.store(version(10))
    await files.mirror.step()
    await expectMirrored(files)
    // Removed and created again by another program.
    fs.rmSync(files.history, { recursive: true })
    fs.mkdirSync(files.history)
    files.store(version(15))
    await files.mirror.step()
    await expectMirrored(files)
    fs.rmSync(path.join(files.history, version(5).fileName))
    files.store(version(20))
    await files.mirror.step()
    await expectMirrored(files)
    expect(errors(files.log)).toEqual([])
  })

  it('writes them again at its next check, also when only a file or the latest was removed', async () => {
    const files = openMirror({ times: { checkInterval: 20, retryDelay: 20, minRetryDelay: 5 } })
    files.store(version(0), version(5))
    runMirror(files.mirror)
    const expectRepaired = () => expect.poll(() => expectMirrored(files).then(() => true, String), pollOptions).toBe(true)
    await expectRepaired()
    for (const gone of [files.history, path.join(files.history, version(0).fileName), path.join(files.folder, LATEST_FILE)]) {
      fs.rmSync(gone, { recursive: true })
      await expectRepaired()
    }
  })

  it('loses nothing when the folder is removed again and again', async () => {
    const files = openMirror({ times: { checkInterval: 10, retryDelay: 10, minRetryDelay: 1 } })
    runMirror(files.mirror)
    for (let n = 0; n < 60; n++) {
      files.store(version(n))
      if (n % 5 === 0) fs.rmSync(files.history, { recursive: true, force: true, maxRetries: 50, retryDelay: 1 })
      await sleep(n % 7)
    }
    await expect.poll(() => expectMirrored(files).then(() => true, String), pollOptions).toBe(true)
  })

  it('shows complete files only, and a latest that always exists and never gets older', async () => {
    const files = openMirror()
    files.store(version(0))
    const stop = runMirror(files.mirror)
    await expect.poll(() => fs.existsSync(path.join(files.folder, LATEST_FILE)), pollOptions).toBe(true)
    let isPolling = true
    let reads = 0
    onTestFinished(() => {
      isPolling = false
    })
    const reader = (async () => {
      let newest = 0
      while (isPolling) {
        const latest = JSON.parse(await fsPromises.readFile(path.join(files.folder, LATEST_FILE), 'utf8')) as {
          lastUpdated: string
        }
        expect(Date.parse(latest.lastUpdated)).toBeGreaterThanOrEqual(newest)
        newest = Date.parse(latest.lastUpdated)
        for (const name of fs.readdirSync(files.history).filter((entry) => entry.endsWith('.json'))) {
          try {
            JSON.parse(fs.readFileSync(path.join(files.history, name), 'utf8'))
          } catch (error) {
            // Removed since the folder was read.
            if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
          }
        }
        reads++
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    for (let n = 1; n <= 300; n++) {
      files.store(version(n))
      if (n > 20) files.remove(version(n - 20))
      if (n % 10 === 0) await sleep(5)
    }
    await expect.poll(() => files.mirror.state.waiting, pollOptions).toBe(0)
    await stop()
    isPolling = false
    await reader
    expect(reads).toBeGreaterThan(20)
    await expectMirrored(files)
  })

  it('reconciles with the store when more changes wait than it queues', async () => {
    const files = openMirror({ maxWaiting: 50 })
    await files.mirror.step()
    for (let n = 0; n < 60; n++) files.store(version(n))
    expect(files.mirror.state.waiting).toBeLessThanOrEqual(50)
    await files.mirror.step()
    await expectMirrored(files)
  })

  it('writes waiting changes when the hub stops', async () => {
    const files = openMirror()
    const stop = runMirror(files.mirror)
    await expect.poll(() => files.mirror.state.state, pollOptions).toBe('following')
    for (let n = 0; n < 30; n++) files.store(version(n))
    await stop()
    await expectMirrored(files)
  })

  it('waits for a store that cannot be read, and logs it once', async () => {
    const files = openMirror()
    files.store(version(0))
    files.source.problem = new HubError('database_error', 'The hub database is locked by another program', { suggestion: 'Try again.' })
    expect(await files.mirror.step()).toBe(false)
    expect(await files.mirror.step()).toBe(false)
    expect(files.mirror.state).toMatchObject({ state: 'failing', problem: { code: 'database_error' } })
    expect(errors(files.log)).toHaveLength(1)
    files.source.problem = undefined
    expect(await files.mirror.step()).toBe(true)
    await expectMirrored(files)
  })
})

describe('where the disk', () => {
  it('has no links, the latest is a copy that is always complete', async () => {
    const files = openMirror({ disk: { symlink: () => Promise.reject(failure('EPERM')) } })
    for (const minute of [0, 10, 5]) {
      files.store(version(minute))
      await files.mirror.step()
      await expectMirrored(files)
    }
    const latest = path.join(files.folder, LATEST_FILE)
    expect(fs.lstatSync(latest).isFile()).toBe(true)
    // Links work again.
    const after = files.restarted()
    after.store(version(15))
    await after.mirror.step()
    await expectMirrored(after)
    if (posix) expect(fs.lstatSync(latest).isSymbolicLink()).toBe(true)
  })

  it('fails with EBUSY, EAGAIN or EINTR three times, the mirror retries with backoff and logs nothing', async () => {
    await Promise.all(
      ['EBUSY', 'EAGAIN', 'EINTR'].map(async (code) => {
        const rename = failingCall(fsPromises.rename, [code, code, code])
        const files = openMirror({ disk: { rename: rename.call } })
        files.store(version(0))
        expect(await files.mirror.step(), code).toBe(true)
        await expectMirrored(files)
        const waits = rename.at.slice(1, 4).map((at, n) => at - rename.at[n]!)
        for (const [n, ms] of [100, 200, 400].entries()) expect(waits[n], code).toBeGreaterThan(ms - 5)
        expect(errors(files.log), code).toEqual([])
      }),
    )
  })

  it('fails with EBUSY a fourth time, the step fails, and the next snapshot brings everything', async () => {
    const rename = failingCall(fsPromises.rename, ['EBUSY', 'EBUSY', 'EBUSY', 'EBUSY'])
    const files = openMirror({ disk: { rename: rename.call } })
    files.store(version(0))
    expect(await files.mirror.step()).toBe(false)
    expect(rename.at).toHaveLength(4)
    expect(files.mirror.state).toMatchObject({ state: 'failing', problem: { code: 'EBUSY' } })
    files.store(version(5))
    expect(await files.mirror.step()).toBe(true)
    await expectMirrored(files)
  })

  it.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO'])(
    'fails with %s, the step fails at once, with free space and owner',
    async (code) => {
      const open = failingCall(fsPromises.open, [code])
      const files = openMirror({ disk: { open: open.call as typeof fsPromises.open } })
      files.store(version(0))
      expect(await files.mirror.step()).toBe(false)
      expect(open.at).toHaveLength(1)
      const { problem } = files.mirror.state
      expect(problem).toMatchObject({
        code,
        message: expect.stringMatching(/: [\d.]+ (GB|MB|kB) free; .* has the mode 0700 and belongs to user \d+/),
      })
      expect(problem?.message).toContain(files.history)
      expect(problem?.suggestion).toContain('continues by itself')
      await files.mirror.step()
      await expectMirrored(files)
      expect(files.log.map(({ level, code: logged }) => [level, logged])).toEqual([
        ['ERROR', code],
        ['INFO', undefined],
        ['INFO', undefined],
      ])
    },
  )

  it.skipIf(!canMount)('is full to the last byte, it is logged once, and repaired without a restart when there is space', async () => {
    const disk = smallDisk(1024 * 1024)
    if (disk === undefined) throw new Error('no small file system could be mounted')
    const files = openMirror({ folder: disk, times: { checkInterval: 50, retryDelay: 50, minRetryDelay: 5 } })
    files.store(version(0))
    runMirror(files.mirror)
    await expect.poll(() => files.mirror.state.state, pollOptions).toBe('following')
    fillDisk(disk)
    for (let n = 1; n <= 20; n++) {
      files.store(version(n))
      await sleep(10)
    }
    await expect.poll(() => files.mirror.state.state, pollOptions).toBe('failing')
    expect(files.mirror.state).toMatchObject({
      problem: { code: 'ENOSPC', message: expect.stringContaining('is full: 0 B free') },
    })
    expect(errors(files.log)).toHaveLength(1)
    // Existing files are still complete.
    expect(JSON.parse(fs.readFileSync(path.join(disk, LATEST_FILE), 'utf8'))).toEqual(JSON.parse(version(0).json))
    fs.rmSync(path.join(disk, FILLER))
    await expect.poll(() => expectMirrored(files).then(() => true, String), pollOptions).toBe(true)
    expect(errors(files.log)).toHaveLength(1)
    // The files are complete a moment before the mirror says so.
    await expect.poll(() => files.mirror.state.problem).toBeUndefined()
  })

  it.skipIf(!canMount)('is read-only, it is logged once, and repaired without a restart when it is writable', async () => {
    const disk = smallDisk(1024 * 1024)
    if (disk === undefined) throw new Error('no small file system could be mounted')
    const files = openMirror({ folder: disk, times: { checkInterval: 50, retryDelay: 50, minRetryDelay: 5 } })
    files.store(version(0))
    runMirror(files.mirror)
    await expect.poll(() => files.mirror.state.state, pollOptions).toBe('following')
    setDiskWritable(disk, false)
    onTestFinished(() => setDiskWritable(disk, true))
    files.store(version(5))
    await expect.poll(() => files.mirror.state.problem?.code, pollOptions).toBe('EROFS')
    files.store(version(10))
    files.remove(version(0))
    await sleep(200)
    expect(files.mirror.state.problem?.message).toMatch(/is read-only: .* free; .* belongs to user/)
    expect(errors(files.log)).toHaveLength(1)
    setDiskWritable(disk, true)
    await expect.poll(() => expectMirrored(files).then(() => true, String), pollOptions).toBe(true)
  })

  it.skipIf(!posix || process.getuid?.() === 0)(
    'belongs to another user, the mirror names the mode, and continues when it may write',
    async () => {
      const files = openMirror()
      files.store(version(0))
      await files.mirror.step()
      fs.chmodSync(files.history, 0o500)
      files.store(version(5))
      expect(await files.mirror.step()).toBe(false)
      expect(files.mirror.state.problem).toMatchObject({ code: 'EACCES', message: expect.stringContaining('has the mode 0500') })
      fs.chmodSync(files.history, 0o700)
      expect(await files.mirror.step()).toBe(true)
      await expectMirrored(files)
    },
  )

  it('has a file in place of the folder, the mirror reports it, and continues when that is gone', async () => {
    const files = openMirror()
    fs.writeFileSync(files.history, 'mine')
    files.store(version(0))
    expect(await files.mirror.step()).toBe(false)
    expect(files.mirror.state.problem?.message).toContain(`${files.history} is not a folder`)
    expect(fs.readFileSync(files.history, 'utf8')).toBe('mine')
    fs.rmSync(files.history)
    expect(await files.mirror.step()).toBe(true)
    await expectMirrored(files)
  })
})
