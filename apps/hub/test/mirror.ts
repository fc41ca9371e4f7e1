import fs from 'node:fs'
import path from 'node:path'
import { Writable } from 'node:stream'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { expect, onTestFinished } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { snapshotId, versionFile } from '../src/limits/version-file.ts'
import { createLogger } from '../src/log.ts'
import { type Disk, realDisk } from '../src/mirror/disk.ts'
import { HISTORY_FOLDER, LATEST_FILE, METADATA_FILE } from '../src/mirror/folder.ts'
import { Mirror, type MirrorTimes } from '../src/mirror/mirror.ts'
import type { MirrorSource, MirrorVersion } from '../src/mirror/source.ts'
import type { StorageMetadata } from '../src/store/limit-version.ts'
import { TestClock } from './open-hub.ts'

export const START = Date.parse('2026-10-06T09:00:00.000Z')

/** A version as the store has it, `minute` minutes after `START`. */
export function version(minute: number, percentageUsed = minute % 100, account = 'me'): MirrorVersion {
  const lastUpdated = START + minute * 60_000
  const snapshot: SnapshotBody = {
    lastUpdated: new Date(lastUpdated).toISOString(),
    currentSession: { resetsIn: '2 hr 42 min', percentageUsed },
    account,
  }
  return { fileName: versionFile(lastUpdated, snapshotId(snapshot)), account, json: JSON.stringify(snapshot), lastUpdated }
}

/** A source of versions in memory. */
export class MemorySource implements MirrorSource {
  readonly versions: MirrorVersion[] = []
  deleted = 0
  latest = ['me']
  problem: Error | undefined

  async *all(): AsyncIterable<MirrorVersion> {
    if (this.problem !== undefined) throw this.problem
    yield* [...this.versions].sort((a, b) => a.lastUpdated - b.lastUpdated)
  }

  async latestAccounts(): Promise<string[]> {
    return this.latest
  }

  async metadata(): Promise<StorageMetadata> {
    const times = this.versions.map(({ lastUpdated }) => lastUpdated)
    const instant = (ms: number) => (times.length === 0 ? null : new Date(ms).toISOString())
    return {
      versionCount: times.length,
      oldestTimestamp: instant(Math.min(...times)),
      newestTimestamp: instant(Math.max(...times)),
      lastCleanup: null,
      totalVersionsCreated: times.length + this.deleted,
      totalVersionsDeleted: this.deleted,
    }
  }
}

export interface TestMirror {
  readonly folder: string
  readonly history: string
  readonly source: MemorySource
  readonly mirror: Mirror
  readonly log: Record<string, unknown>[]
  /** Commits versions and notifies the mirror. */
  store(...versions: MirrorVersion[]): void
  /** Removes versions and notifies the mirror. */
  remove(...versions: MirrorVersion[]): void
  /** The mirror of the same hub after a kill. */
  restarted(): TestMirror
}

export function openMirror(
  options: { folder?: string; source?: MemorySource; disk?: Partial<Disk>; times?: MirrorTimes; maxWaiting?: number } = {},
): TestMirror {
  const { folder = tempFolder(), source = new MemorySource(), disk = {}, times, maxWaiting } = options
  const log: Record<string, unknown>[] = []
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
      done()
    },
  })
  const mirror = new Mirror({
    dataDir: folder,
    source,
    clock: new TestClock(),
    logger: createLogger('debug', lines),
    disk: { ...realDisk, ...disk },
    ...(times === undefined ? {} : { times }),
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  })
  return {
    folder,
    history: path.join(folder, HISTORY_FOLDER),
    source,
    mirror,
    log,
    store(...versions) {
      source.versions.push(...versions)
      mirror.stored(versions)
    },
    remove(...versions) {
      const names = versions.map(({ fileName }) => fileName)
      source.versions.splice(0, source.versions.length, ...source.versions.filter(({ fileName }) => !names.includes(fileName)))
      source.deleted += names.length
      mirror.removed(names)
    },
    restarted: () => openMirror({ folder, source }),
  }
}

/** Runs a mirror until the returned function is called, or the test ends. */
export function runMirror(mirror: Mirror): () => Promise<void> {
  const end = new AbortController()
  const ended = mirror.run(end.signal)
  const stop = async () => {
    end.abort()
    await ended
  }
  onTestFinished(stop)
  return stop
}

/** Expects complete files of all versions, the right latest and metadata, and no temporary files. */
export async function expectMirrored(
  { folder, history, source }: Pick<TestMirror, 'folder' | 'history' | 'source'>,
  foreign: string[] = [],
) {
  const names = source.versions.map(({ fileName }) => fileName)
  expect(fs.readdirSync(history).sort()).toEqual([...names, METADATA_FILE, ...foreign].sort())
  for (const { fileName, json } of source.versions) {
    expect(JSON.parse(fs.readFileSync(path.join(history, fileName), 'utf8'))).toEqual(JSON.parse(json))
  }
  expect(JSON.parse(fs.readFileSync(path.join(history, METADATA_FILE), 'utf8'))).toEqual(await source.metadata())
  const newest = source.versions
    .filter(({ account }) => source.latest.includes(account))
    .sort((a, b) => a.lastUpdated - b.lastUpdated)
    .at(-1)
  const latest = path.join(folder, LATEST_FILE)
  if (newest === undefined) expect(fs.existsSync(latest)).toBe(false)
  else expect(JSON.parse(fs.readFileSync(latest, 'utf8'))).toEqual(JSON.parse(newest.json))
  expect(fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
}
