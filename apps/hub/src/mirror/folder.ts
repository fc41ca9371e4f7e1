import path from 'node:path'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { isDeeperThan } from '@signalbox/contract/metadata'
import { snapshotId, versionFile } from '../limits/version-file.ts'
import type { StorageMetadata } from '../store/limit-version.ts'
import {
  codeOf,
  type Disk,
  DRAFT_NAME,
  nearestExisting,
  probeWrite,
  putFile,
  putLink,
  syncFolder,
  unlessMissing,
  withRetries,
} from './disk.ts'
import type { MirrorVersion } from './source.ts'

export const HISTORY_FOLDER = 'console-usage-history'
export const METADATA_FILE = '_metadata.json'
export const LATEST_FILE = 'console-usage-synced.json'
/** The names that `versionFile` gives. */
const VERSION_FILE = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[0-9a-f]{8}\.json$/

/** The content of the folder of versions. */
export interface Entries {
  /** Files with the name of a version. */
  readonly versions: ReadonlySet<string>
  /** Entries with the name of a version that are no files, so no version can be written there. */
  readonly blocked: ReadonlySet<string>
  /** Number of other files and folders, which are left alone. */
  readonly foreign: number
}

/** Longer than a tick of any file system, in milliseconds. */
const TICK_MS = 30

/** Reads and writes the files of the mirror. Errors are those of the file system. */
export class MirrorFolder {
  /** The folder of versions. */
  readonly path: string
  readonly #dataDir: string
  readonly #disk: Disk

  constructor(dataDir: string, disk: Disk) {
    this.#dataDir = dataDir
    this.#disk = disk
    this.path = path.join(dataDir, HISTORY_FOLDER)
  }

  async prepare(): Promise<void> {
    await withRetries(() => this.#disk.mkdir(this.path, { recursive: true, mode: 0o700 }))
  }

  /** Checks that a small file can be written. @throws the error of the file system */
  async probe(): Promise<void> {
    await this.prepare()
    await probeWrite(this.#disk, path.join(this.path, METADATA_FILE))
  }

  /**
   * A value that changes when the folder is replaced, or an entry is added or removed; undefined while there is none. One that
   * was changed a moment ago has none either: file systems count in ticks, and a change in the same tick would not show.
   */
  async stamp(): Promise<string | undefined> {
    const stats = await unlessMissing(() => this.#disk.stat(this.path, { bigint: true }))
    if (stats === undefined || Math.abs(Date.now() - Number(stats.mtimeMs)) < TICK_MS) return undefined
    return `${stats.dev}:${stats.ino}:${stats.mtimeNs}`
  }

  async entries(): Promise<Entries> {
    const versions = new Set<string>()
    const blocked = new Set<string>()
    let foreign = 0
    for (const entry of (await unlessMissing(() => this.#disk.readdir(this.path, { withFileTypes: true }))) ?? []) {
      if (VERSION_FILE.test(entry.name)) (entry.isFile() ? versions : blocked).add(entry.name)
      else if (entry.name !== METADATA_FILE && !isDraft(entry.name)) foreign++
    }
    return { versions, blocked, foreign }
  }

  /** @returns false when something other than a file has its name, or the version can be no file */
  async write(version: MirrorVersion): Promise<boolean> {
    const text = fileText(version)
    if (text === undefined) return false
    try {
      await putFile(this.#disk, this.#version(version.fileName), text)
      return true
    } catch (error) {
      if (blockedCodes.has(codeOf(error) ?? '')) return false
      throw error
    }
  }

  async holds(version: MirrorVersion): Promise<boolean> {
    const text = fileText(version)
    return text !== undefined && (await this.#read(this.#version(version.fileName))) === text
  }

  /** Whether a mirror wrote a file with the name of a version: then the name follows from the content. */
  async isOurs(fileName: string): Promise<boolean> {
    const text = await this.#read(this.#version(fileName))
    try {
      const snapshot = JSON.parse(text ?? '') as SnapshotBody
      return versionFile(Date.parse(snapshot.lastUpdated), snapshotId(snapshot)) === fileName
    } catch {
      return false
    }
  }

  async remove(fileName: string): Promise<void> {
    if (!VERSION_FILE.test(fileName)) return
    await unlessMissing(() => this.#disk.unlink(this.#version(fileName)))
  }

  /** Writes the metadata. @returns whether they were different before */
  async writeMetadata(metadata: StorageMetadata): Promise<boolean> {
    if (await this.hasMetadata(metadata)) return false
    await putFile(this.#disk, path.join(this.path, METADATA_FILE), metadataText(metadata))
    return true
  }

  async hasMetadata(metadata: StorageMetadata): Promise<boolean> {
    return (await this.#read(path.join(this.path, METADATA_FILE))) === metadataText(metadata)
  }

  /**
   * Links the latest version, or removes the link where there is none. The file of the version must exist and be synced.
   * @returns whether the link was different before
   */
  async linkLatest(latest: MirrorVersion | undefined): Promise<boolean> {
    const file = path.join(this.#dataDir, LATEST_FILE)
    if (await this.isLatest(latest)) return false
    if (latest === undefined) await unlessMissing(() => this.#disk.unlink(file))
    else {
      try {
        await putLink(this.#disk, file, linkTo(latest))
      } catch (error) {
        if (!noLinkCodes.has(codeOf(error) ?? '')) throw error
        await putFile(this.#disk, file, formatJson(latest.json))
      }
    }
    await syncFolder(this.#disk, this.#dataDir)
    return true
  }

  async isLatest(latest: MirrorVersion | undefined): Promise<boolean> {
    const file = path.join(this.#dataDir, LATEST_FILE)
    let target: string | undefined
    try {
      target = await unlessMissing(() => this.#disk.readlink(file))
      if (target === undefined) return latest === undefined
    } catch (error) {
      if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'UNKNOWN') throw error
      // A copy instead of a link, where links fail.
      return latest !== undefined && (await this.#read(file)) === formatJson(latest.json)
    }
    return latest !== undefined && target.replaceAll('\\', '/') === linkTo(latest)
  }

  /** Makes writes and removals in the folder of versions durable. */
  sync(): Promise<void> {
    return syncFolder(this.#disk, this.path)
  }

  /** Removes temporary files of a killed writer that are older than an instant. */
  async removeDrafts(before: number): Promise<number> {
    let removed = 0
    for (const folder of [this.#dataDir, this.path]) {
      for (const name of (await unlessMissing(() => this.#disk.readdir(folder))) ?? []) {
        if (!isDraft(name)) continue
        const draft = path.join(folder, name)
        // A draft may be a link to a file that is newer, or gone.
        const found = await unlessMissing(() => this.#disk.lstat(draft))
        if (found === undefined || found.mtimeMs > before) continue
        await unlessMissing(() => this.#disk.unlink(draft))
        removed++
      }
    }
    return removed
  }

  /** Free bytes on the disk of the versions. */
  async free(): Promise<number> {
    const { bavail, bsize } = await this.#disk.statfs(await nearestExisting(this.#disk, this.path))
    return bavail * bsize
  }

  #version(fileName: string): string {
    if (!VERSION_FILE.test(fileName)) throw new Error(`${fileName} is not the name of a version`)
    return path.join(this.path, fileName)
  }

  async #read(file: string): Promise<string | undefined> {
    try {
      return await unlessMissing(() => this.#disk.readFile(file, 'utf8'))
    } catch (error) {
      if (codeOf(error) === 'EISDIR') return undefined
      throw error
    }
  }
}

/** A snapshot of any source has fewer levels. */
const MAX_INDENTED_DEPTH = 8
/** Snapshots of the sources are smaller. Indenting 64 KB takes up to a tenth of a second, in which no request is answered. */
const MAX_INDENTED_CHARS = 8 * 1024
/** Errors of a rename onto a folder. */
const blockedCodes = new Set(['EISDIR', 'ENOTEMPTY', 'EEXIST'])
/** Errors of a file system without links, or without the permission to create them. */
const noLinkCodes = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL'])

function linkTo({ fileName }: MirrorVersion): string {
  return `${HISTORY_FOLDER}/${fileName}`
}

/** Whether a version can have a file. One of a year without four digits, which an earlier hub accepted, cannot; nor one that no JSON text can hold. */
export function canBeFile(version: MirrorVersion): boolean {
  return fileText(version) !== undefined
}

function fileText({ fileName, json }: MirrorVersion): string | undefined {
  if (!VERSION_FILE.test(fileName)) return undefined
  try {
    return formatJson(json)
  } catch {
    return undefined
  }
}

/** For people, unless the indentation would be most of it: depth times width, a hundred megabytes of 64 KB. */
function formatJson(json: string): string {
  if (json.length > MAX_INDENTED_CHARS) return `${json}\n`
  const value: unknown = JSON.parse(json)
  return isDeeperThan(value, MAX_INDENTED_DEPTH) ? `${json}\n` : `${JSON.stringify(value, null, 2)}\n`
}

function metadataText(metadata: StorageMetadata): string {
  return `${JSON.stringify(metadata, null, 2)}\n`
}

function isDraft(name: string): boolean {
  const [, of = ''] = DRAFT_NAME.exec(name) ?? []
  return of === METADATA_FILE || of === LATEST_FILE || VERSION_FILE.test(of)
}
