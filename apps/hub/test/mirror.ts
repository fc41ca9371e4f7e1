import fs from 'node:fs'
import path from 'node:path'
import { Writable } from 'node:stream'
import type { LimitReading } from '@signalbox/contract/limits'
import { expect, onTestFinished } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { readingId, versionFile } from '../src/limits/version-file.ts'
import { createLogger } from '../src/log.ts'
import { type Disk, realDisk } from '../src/mirror/disk.ts'
import { HISTORY_FOLDER, LATEST_FILE, METADATA_FILE } from '../src/mirror/folder.ts'
import { Mirror, type Pace } from '../src/mirror/mirror.ts'
import type { MirrorSource, MirrorVersion } from '../src/mirror/source.ts'
import type { StorageMetadata } from '../src/store/store.ts'
import { TestClock } from './open-hub.ts'

export const START = Date.parse('2026-10-06T09:00:00.000Z')

/** A reading as the store has it; `minute` after the start of everything. */
export function version(minute: number, percentageUsed = minute % 100): MirrorVersion {
  const lastUpdated = START + minute * 60_000
  const reading: LimitReading = {
    lastUpdated: new Date(lastUpdated).toISOString(),
    currentSession: { resetsIn: '2 hr 42 min', percentageUsed },
    account: 'me',
  }
  return { fileName: versionFile(lastUpdated, readingId(reading)), json: JSON.stringify(reading), lastUpdated }
}

/** What a store has, without a store. */
export class Shelf implements MirrorSource {
  readonly versions: MirrorVersion[] = []
  deleted = 0
  problem: Error | undefined

  async *all(): AsyncIterable<MirrorVersion> {
    if (this.problem !== undefined) throw this.problem
    yield* [...this.versions].sort((a, b) => a.lastUpdated - b.lastUpdated)
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

export interface MirrorHouse {
  readonly folder: string
  readonly history: string
  readonly shelf: Shelf
  readonly mirror: Mirror
  readonly log: Record<string, unknown>[]
  /** Commits versions and tells the mirror. */
  store(...versions: MirrorVersion[]): void
  /** Removes versions and tells the mirror. */
  remove(...versions: MirrorVersion[]): void
  /** The same hub after it was killed. */
  restarted(): MirrorHouse
}

export function openMirror(options: { folder?: string; shelf?: Shelf; disk?: Partial<Disk>; pace?: Pace } = {}): MirrorHouse {
  const { folder = tempFolder(), shelf = new Shelf(), disk = {}, pace } = options
  const log: Record<string, unknown>[] = []
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
      done()
    },
  })
  const mirror = new Mirror({
    dataDir: folder,
    source: shelf,
    clock: new TestClock(),
    logger: createLogger('debug', lines),
    disk: { ...realDisk, ...disk },
    ...(pace === undefined ? {} : { pace }),
  })
  return {
    folder,
    history: path.join(folder, HISTORY_FOLDER),
    shelf,
    mirror,
    log,
    store(...versions) {
      shelf.versions.push(...versions)
      mirror.stored(versions)
    },
    remove(...versions) {
      const names = versions.map(({ fileName }) => fileName)
      shelf.versions.splice(0, shelf.versions.length, ...shelf.versions.filter(({ fileName }) => !names.includes(fileName)))
      shelf.deleted += names.length
      mirror.removed(names)
    },
    restarted: () => openMirror({ folder, shelf }),
  }
}

/** Lets a mirror run beside the test, to its end. */
export function running(mirror: Mirror): () => Promise<void> {
  const end = new AbortController()
  const ended = mirror.run(end.signal)
  const stop = async () => {
    end.abort()
    await ended
  }
  onTestFinished(stop)
  return stop
}

/** The files are what the store has: each whole, the latest and the metadata right, nothing left half written. */
export async function expectRight({ folder, history, shelf }: Pick<MirrorHouse, 'folder' | 'history' | 'shelf'>, foreign: string[] = []) {
  const names = shelf.versions.map(({ fileName }) => fileName)
  expect(fs.readdirSync(history).sort()).toEqual([...names, METADATA_FILE, ...foreign].sort())
  for (const { fileName, json } of shelf.versions) {
    expect(JSON.parse(fs.readFileSync(path.join(history, fileName), 'utf8'))).toEqual(JSON.parse(json))
  }
  expect(JSON.parse(fs.readFileSync(path.join(history, METADATA_FILE), 'utf8'))).toEqual(await shelf.metadata())
  const newest = [...shelf.versions].sort((a, b) => a.lastUpdated - b.lastUpdated).at(-1)
  const latest = path.join(folder, LATEST_FILE)
  if (newest === undefined) expect(fs.existsSync(latest)).toBe(false)
  else expect(JSON.parse(fs.readFileSync(latest, 'utf8'))).toEqual(JSON.parse(newest.json))
  expect(fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
}
