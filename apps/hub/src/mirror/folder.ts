import path from 'node:path'
import type { LimitReading } from '@signalbox/contract/limits'
import { readingId, versionFile } from '../limits/version-file.ts'
import type { StorageMetadata } from '../store/store.ts'
import { codeOf, type Disk, DRAFT, nearest, putFile, putLink, syncFolder, tried, tryFile, unlessGone } from './disk.ts'
import type { MirrorVersion } from './source.ts'

export const HISTORY_FOLDER = 'console-usage-history'
export const METADATA_FILE = '_metadata.json'
export const LATEST_FILE = 'console-usage-synced.json'
/** As `versionFile` names them. */
const VERSION_FILE = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[0-9a-f]{8}\.json$/

/** What is in the folder of versions. */
export interface Entries {
  /** Files that are named like versions. */
  readonly versions: ReadonlySet<string>
  /** What is named like a version and is no file: nothing can be put in its place. */
  readonly taken: ReadonlySet<string>
  /** Others' files and folders, which are left alone. */
  readonly foreign: number
}

/** The files of the mirror: which there are, and how each is written. Errors are those of the file system. */
export class MirrorFolder {
  /** Of the versions. */
  readonly path: string
  readonly #dataDir: string
  readonly #disk: Disk

  constructor(dataDir: string, disk: Disk) {
    this.#dataDir = dataDir
    this.#disk = disk
    this.path = path.join(dataDir, HISTORY_FOLDER)
  }

  async prepare(): Promise<void> {
    await tried(() => this.#disk.mkdir(this.path, { recursive: true, mode: 0o700 }))
  }

  /** @throws what the file system says to a small file */
  async probe(): Promise<void> {
    await this.prepare()
    await tryFile(this.#disk, path.join(this.path, METADATA_FILE))
  }

  /** Another one as soon as the folder is another, or a name in it has come or gone; undefined while there is none. */
  async stamp(): Promise<string | undefined> {
    const found = await unlessGone(() => this.#disk.stat(this.path, { bigint: true }))
    return found && `${found.dev}:${found.ino}:${found.mtimeNs}`
  }

  async entries(): Promise<Entries> {
    const versions = new Set<string>()
    const taken = new Set<string>()
    let foreign = 0
    for (const entry of (await unlessGone(() => this.#disk.readdir(this.path, { withFileTypes: true }))) ?? []) {
      if (VERSION_FILE.test(entry.name)) (entry.isFile() ? versions : taken).add(entry.name)
      else if (entry.name !== METADATA_FILE && !isDraft(entry.name)) foreign++
    }
    return { versions, taken, foreign }
  }

  /** @returns false when something that is no file stands in its place */
  async write({ fileName, json }: MirrorVersion): Promise<boolean> {
    try {
      await putFile(this.#disk, this.#version(fileName), forPeople(json))
      return true
    } catch (error) {
      if (noFile.has(codeOf(error) ?? '')) return false
      throw error
    }
  }

  async holds({ fileName, json }: MirrorVersion): Promise<boolean> {
    return (await this.#read(this.#version(fileName))) === forPeople(json)
  }

  /** Whether a file that is named like a version is one that a mirror wrote: then its name follows from what is in it. */
  async isOurs(fileName: string): Promise<boolean> {
    const text = await this.#read(this.#version(fileName))
    try {
      const reading = JSON.parse(text ?? '') as LimitReading
      return versionFile(Date.parse(reading.lastUpdated), readingId(reading)) === fileName
    } catch {
      return false
    }
  }

  async remove(fileName: string): Promise<void> {
    await unlessGone(() => this.#disk.unlink(this.#version(fileName)))
  }

  /** @returns whether they were others before */
  async describe(metadata: StorageMetadata): Promise<boolean> {
    if (await this.describes(metadata)) return false
    await putFile(this.#disk, path.join(this.path, METADATA_FILE), metadataText(metadata))
    return true
  }

  async describes(metadata: StorageMetadata): Promise<boolean> {
    return (await this.#read(path.join(this.path, METADATA_FILE))) === metadataText(metadata)
  }

  /**
   * Makes a version the latest, or says that there is none. Its own file must be there, and settled.
   * @returns whether it was another one before
   */
  async point(latest: MirrorVersion | undefined): Promise<boolean> {
    const file = path.join(this.#dataDir, LATEST_FILE)
    if (await this.pointsTo(latest)) return false
    if (latest === undefined) await unlessGone(() => this.#disk.unlink(file))
    else {
      try {
        await putLink(this.#disk, file, linkTo(latest))
      } catch (error) {
        if (!noLinks.has(codeOf(error) ?? '')) throw error
        await putFile(this.#disk, file, forPeople(latest.json))
      }
    }
    await syncFolder(this.#disk, this.#dataDir)
    return true
  }

  async pointsTo(latest: MirrorVersion | undefined): Promise<boolean> {
    const file = path.join(this.#dataDir, LATEST_FILE)
    let target: string | undefined
    try {
      target = await unlessGone(() => this.#disk.readlink(file))
      if (target === undefined) return latest === undefined
    } catch (error) {
      if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'UNKNOWN') throw error
      // No link: a copy, where links fail.
      return latest !== undefined && (await this.#read(file)) === forPeople(latest.json)
    }
    return latest !== undefined && target.replaceAll('\\', '/') === linkTo(latest)
  }

  /** What was written and removed in the folder of versions stays so. */
  settle(): Promise<void> {
    return syncFolder(this.#disk, this.path)
  }

  /** Removes what a killed writer has left half written, when it is older than an instant. */
  async sweep(before: number): Promise<number> {
    let swept = 0
    for (const folder of [this.#dataDir, this.path]) {
      for (const name of (await unlessGone(() => this.#disk.readdir(folder))) ?? []) {
        if (!isDraft(name)) continue
        const draft = path.join(folder, name)
        // A draft of a link leads to a file that may be newer, or gone.
        const found = await unlessGone(() => this.#disk.lstat(draft))
        if (found === undefined || found.mtimeMs > before) continue
        await unlessGone(() => this.#disk.unlink(draft))
        swept++
      }
    }
    return swept
  }

  /** Bytes on the disk of the versions. */
  async free(): Promise<number> {
    const { bavail, bsize } = await this.#disk.statfs(await nearest(this.#disk, this.path))
    return bavail * bsize
  }

  #version(fileName: string): string {
    if (!VERSION_FILE.test(fileName)) throw new Error(`${fileName} is not the name of a version`)
    return path.join(this.path, fileName)
  }

  async #read(file: string): Promise<string | undefined> {
    try {
      return await unlessGone(() => this.#disk.readFile(file, 'utf8'))
    } catch (error) {
      if (codeOf(error) === 'EISDIR') return undefined
      throw error
    }
  }
}

/** What a disk says to a file that is to take the place of a folder. */
const noFile = new Set(['EISDIR', 'ENOTEMPTY', 'EEXIST'])
/** What a disk says that has no links, or where only some may make them. */
const noLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL'])

function linkTo({ fileName }: MirrorVersion): string {
  return `${HISTORY_FOLDER}/${fileName}`
}

function forPeople(json: string): string {
  return `${JSON.stringify(JSON.parse(json), null, 2)}\n`
}

function metadataText(metadata: StorageMetadata): string {
  return `${JSON.stringify(metadata, null, 2)}\n`
}

function isDraft(name: string): boolean {
  const [, of = ''] = DRAFT.exec(name) ?? []
  return of === METADATA_FILE || of === LATEST_FILE || VERSION_FILE.test(of)
}
