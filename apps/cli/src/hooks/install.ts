import fs from 'node:fs'
import path from 'node:path'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import { backupPath, digest, type Installed, readInstalled, writeInstalled } from '../settings-file/installed.ts'
import { readText, replaceFile } from '../settings-file/replace-file.ts'
import { hookSpool, readPluginHooks } from './plugin-hooks.ts'
import { hasHooks, readOwnHooks, withHooks, withoutHooks } from './settings-text.ts'

/** A settings file, and what install writes there. */
export interface HookPlace {
  readonly dataDir: string
  /** The settings file of Claude Code. */
  readonly settings: string
  readonly platform: NodeJS.Platform
  /** The folder of the plugin. */
  readonly plugin: string
}

/** Attempts to write the settings while another program writes them too. */
const MAX_ATTEMPTS = 3

export interface HooksInstalled {
  readonly done: 'installed' | 'updated' | 'already'
  readonly events: number
  readonly backup?: string
}

/**
 * Adds the plugin's hooks to those in the settings. A second call changes nothing; after an update it writes the new ones.
 * @throws Failure, with the settings unchanged
 */
export function installHooks(place: HookPlace): HooksInstalled {
  const { dataDir, settings, plugin, platform } = place
  const file = formatPath(settings)
  const hooks = readPluginHooks(plugin, dataDir, platform)
  const events = Object.keys(hooks).length
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = readText(settings)
    const text = toObject(before)
    const isPresent = Object.keys(readOwnHooks(text, file)).length > 0
    if (isPresent && hasHooks(text, file, hooks)) return { done: 'already', events }
    prepareSpool(dataDir)
    const former = isPresent ? formerText(place, text) : before
    const after = withHooks(toObject(former), file, hooks)
    const backup = former === undefined ? undefined : backupPath(dataDir, settings, 'hooks')
    if (backup !== undefined) replaceFile(backup, readText(backup), former)
    const record: Installed = { settings, ...(backup === undefined ? {} : { backup }), after: digest(after) }
    // The record first: changed settings without a record would be harder to undo than a record without changed settings.
    writeInstalled(dataDir, [...otherRecords(place), record], 'hooks')
    if (replaceFile(settings, before, after)) {
      return { done: isPresent ? 'updated' : 'installed', events, ...(backup === undefined ? {} : { backup }) }
    }
  }
  throw busyFailure(settings)
}

/** The text before the hooks that it has: undefined for no file. */
function formerText(place: HookPlace, text: string): string | undefined {
  const record = findRecord(place)
  const isUnedited = record !== undefined && digest(text) === record.after
  if (isUnedited && record.backup === undefined) return undefined
  const backup = record?.backup === undefined ? undefined : readText(record.backup)
  if (isUnedited && backup !== undefined) return backup
  return withoutHooks(text, formatPath(place.settings), readableOnly(backup))
}

/**
 * Removes the hooks. Settings that were not edited since are restored byte for byte.
 * @returns whether there were any. @throws Failure, with the settings unchanged
 */
export function uninstallHooks(place: HookPlace): boolean {
  const { settings } = place
  const file = formatPath(settings)
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = readText(settings)
    const text = toObject(before)
    if (before === undefined || Object.keys(readOwnHooks(text, file)).length === 0) {
      forget(place)
      return false
    }
    const record = findRecord(place)
    const former = formerText(place, text)
    const wasMissing = record !== undefined && record.backup === undefined
    const restored = former !== undefined && wasMissing && former.replace(/\s/g, '') === '{}' ? undefined : former
    if (replaceFile(settings, before, restored)) {
      forget(place)
      return true
    }
  }
  throw busyFailure(settings)
}

export interface HooksStatus {
  readonly settings: string
  /** `outdated`: hooks of another version or folder. `script missing`: they are there and do nothing. */
  readonly state: 'installed' | 'outdated' | 'script missing' | 'not installed'
  /** When the last event came, in milliseconds; undefined before the first. */
  readonly last_event_at: number | undefined
  /** Events that have not been sent yet. */
  readonly waiting: number
}

export function readHooksStatus(place: HookPlace): HooksStatus {
  const { settings, dataDir, plugin, platform } = place
  const text = toObject(readText(settings))
  const file = formatPath(settings)
  const own = readOwnHooks(text, file)
  const isCurrent = () => hasHooks(text, file, readPluginHooks(plugin, dataDir, platform))
  const state =
    Object.keys(own).length === 0
      ? 'not installed'
      : !isCurrent()
        ? 'outdated'
        : fs.existsSync(scriptOf(place))
          ? 'installed'
          : 'script missing'
  return { settings, state, ...readSpool(hookSpool(dataDir)) }
}

function scriptOf({ plugin, platform }: HookPlace): string {
  return path.join(plugin, ...(platform === 'win32' ? ['dist', 'observe.mjs'] : ['bin', 'observe.sh']))
}

/** A sender turns events within milliseconds into observations, which wait in the queue for the hub. */
function readSpool(folder: string): Pick<HooksStatus, 'last_event_at' | 'waiting'> {
  const spool = path.join(folder, 'spool')
  const events = namesIn(spool).filter((name) => name.endsWith('.event')).length
  const waiting = events + countQueued(path.join(folder, 'queue'))
  try {
    // The folder changes with every event that comes and goes.
    const { mtimeMs, birthtimeMs } = fs.statSync(spool)
    return { last_event_at: events > 0 || mtimeMs > birthtimeMs ? Math.round(mtimeMs) : undefined, waiting }
  } catch {
    return { last_event_at: undefined, waiting }
  }
}

/** A file of the queue has an observation a line. */
function countQueued(folder: string): number {
  const files = namesIn(folder).filter((name) => name.endsWith('.jsonl'))
  return files.reduce((sum, name) => sum + (readText(path.join(folder, name))?.split('\n').length ?? 1) - 1, 0)
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}

/** Settings that are missing or blank count as none. */
function toObject(text: string | undefined): string {
  return text === undefined || text.trim() === '' ? '{}\n' : text
}

function readableOnly(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text
}

function findRecord({ dataDir, settings }: HookPlace): Installed | undefined {
  return readInstalled(dataDir, 'hooks').find((one) => one.settings === settings)
}

function otherRecords({ dataDir, settings }: HookPlace): Installed[] {
  return readInstalled(dataDir, 'hooks').filter((one) => one.settings !== settings)
}

/** Removes the record and its backup; the spool stays, for what has not been sent. */
function forget(place: HookPlace): void {
  const { dataDir, settings } = place
  fs.rmSync(backupPath(dataDir, settings, 'hooks'), { force: true })
  if (findRecord(place) === undefined) return
  writeInstalled(dataDir, otherRecords(place), 'hooks')
  try {
    fs.rmdirSync(path.join(dataDir, 'hooks'))
  } catch {
    // Other settings have hooks.
  }
}

/** The events name folders, so the spool is private to this user. */
function prepareSpool(dataDir: string): void {
  const spool = hookSpool(dataDir)
  try {
    fs.mkdirSync(spool, { recursive: true, mode: 0o700 })
    fs.chmodSync(spool, 0o700)
  } catch (error) {
    throw new Failure(
      `${formatPath(spool)} cannot be created (${(error as NodeJS.ErrnoException).code}).`,
      'Grant this user write access, or set DATA_DIR to a writable folder.',
    )
  }
}

function busyFailure(settings: string): Failure {
  return new Failure(`${formatPath(settings)} is being written by another program.`, 'Try again.')
}
