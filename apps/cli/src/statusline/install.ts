import fs from 'node:fs'
import path from 'node:path'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import { backupPath, digest, type Installed, readInstalled, writeInstalled } from '../settings-file/installed.ts'
import { readText, replaceFile } from '../settings-file/replace-file.ts'
import { buildScript, scriptPath, spoolPath, unwrapCommand, wrapCommand } from './script.ts'
import { isEmpty, readSetting, withCommand, withoutStatusLine, withStatusLine } from './settings-text.ts'

/** A settings file, and what install writes there. */
export interface Place {
  readonly dataDir: string
  /** The settings file of Claude Code. */
  readonly settings: string
  readonly platform: NodeJS.Platform
  /** The words of the command that runs `signalbox`. */
  readonly signalbox: readonly string[]
}

/** Attempts to write the settings while another program writes them too. */
const MAX_ATTEMPTS = 3

export type InstallOutcome = { readonly done: 'installed' | 'already'; readonly former: string | undefined; readonly backup?: string }

/**
 * Puts the Signalbox command in place of the status line command. A second call changes nothing.
 * @throws Failure, with the settings unchanged
 */
export function install(place: Place): InstallOutcome {
  const { dataDir, settings } = place
  prepare(place)
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = readText(settings)
    const text = before === undefined || before.trim() === '' ? '{}\n' : before
    const { command, written } = readSetting(text, formatPath(settings))
    const installed = command === undefined ? null : formerOf(command, place)
    if (installed !== null) return { done: 'already', former: installed }
    const wrapping = commandFor(place, command)
    const after =
      written === undefined
        ? withStatusLine(text, formatPath(settings), wrapping)
        : withCommand(text, formatPath(settings), JSON.stringify(wrapping))
    const backup = before === undefined ? undefined : backupPath(dataDir, settings)
    if (backup !== undefined) replaceFile(backup, readText(backup), before)
    const record: Installed = {
      settings,
      ...(command === undefined ? {} : { former: command }),
      ...(backup === undefined ? {} : { backup }),
      after: digest(after),
    }
    // The record first: changed settings without a record would be harder to undo than a record without changed settings.
    writeInstalled(dataDir, [...readInstalled(dataDir).filter((one) => one.settings !== settings), record])
    if (replaceFile(settings, before, after)) return { done: 'installed', former: command, ...(backup === undefined ? {} : { backup }) }
  }
  throw busyFailure(settings)
}

export type UninstallOutcome = { readonly done: 'uninstalled' | 'nothing' | 'changed'; readonly command: string | undefined }

/**
 * Restores the former command. Settings that were not edited since are restored byte for byte.
 * `changed`: the settings have another command by now, which stays.
 * @throws Failure, with the settings unchanged
 */
export function uninstall(place: Place): UninstallOutcome {
  const { dataDir, settings } = place
  const all = readInstalled(dataDir)
  const record = all.find((one) => one.settings === settings)
  const removeRecord = () => {
    const remaining = readInstalled(dataDir).filter((one) => one.settings !== settings)
    writeInstalled(dataDir, remaining)
    if (remaining.length === 0) removeFiles(dataDir)
  }
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = readText(settings)
    const command = before === undefined || before.trim() === '' ? undefined : readSetting(before, formatPath(settings)).command
    const former = command === undefined ? null : formerOf(command, place)
    if (before === undefined || former === null) {
      removeRecord()
      return { done: record === undefined ? 'nothing' : 'changed', command }
    }
    const backup = record?.backup === undefined ? undefined : readText(record.backup)
    if (replaceFile(settings, before, restoredText(before, former, record, backup, formatPath(settings)))) {
      if (record?.backup !== undefined) fs.rmSync(record.backup, { force: true })
      removeRecord()
      return { done: 'uninstalled', command: former }
    }
  }
  throw busyFailure(settings)
}

/** @returns undefined when the file is to be removed */
function restoredText(
  text: string,
  former: string | undefined,
  record: Installed | undefined,
  backup: string | undefined,
  file: string,
): string | undefined {
  const unedited = record !== undefined && digest(text) === record.after
  if (unedited && record.backup === undefined) return undefined
  if (unedited && backup !== undefined) return backup
  if (former !== undefined) return withCommand(text, file, originalLiteral(former, backup))
  const without = withoutStatusLine(text, file)
  return record !== undefined && record.backup === undefined && isEmpty(without, file) ? undefined : without
}

/** The JSON text of the former command, with its original escapes where the backup has them. */
function originalLiteral(former: string, backup: string | undefined): string {
  try {
    const { command, written } = readSetting(backup ?? '', '')
    if (command === former && written !== undefined) return written
  } catch {
    // Without a readable backup the usual escapes do.
  }
  return JSON.stringify(former)
}

export interface Status {
  readonly settings: string
  readonly state: 'installed' | 'not installed' | 'script missing'
  /** The user's own status line command. */
  readonly command: string | undefined
  /** The time of the newest input that the collector has not taken yet, in milliseconds. */
  readonly spooledAt: number | undefined
}

export function readStatus(place: Place): Status {
  const { dataDir, settings } = place
  const text = readText(settings)
  const command = text === undefined || text.trim() === '' ? undefined : readSetting(text, formatPath(settings)).command
  const former = command === undefined ? null : formerOf(command, place)
  const scriptExists = place.platform === 'win32' || fs.existsSync(scriptPath(dataDir))
  return {
    settings,
    state: former === null ? 'not installed' : scriptExists ? 'installed' : 'script missing',
    command: former === null ? command : former,
    spooledAt: newestFileTime(spoolPath(dataDir)),
  }
}

function newestFileTime(folder: string): number | undefined {
  try {
    const times = fs.readdirSync(folder).flatMap((name) => fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? [])
    return times.length === 0 ? undefined : Math.max(...times)
  } catch {
    return undefined
  }
}

/** Without a POSIX shell the Signalbox command itself saves the input, and finds the former command in the record. */
function commandFor({ dataDir, platform, signalbox }: Place, former: string | undefined): string {
  if (platform !== 'win32') return wrapCommand(scriptPath(dataDir), former)
  // Git Bash drops backslashes, and PowerShell reads a quoted word as a string: quotes only where needed.
  const words = [...signalbox, 'statusline'].map((word) => word.replaceAll('\\', '/'))
  return words.map((word) => (/^[\w./:-]+$/.test(word) ? word : `"${word}"`)).join(' ')
}

/** The same as `unwrapCommand`, on every platform. */
function formerOf(command: string, place: Place): string | undefined | null {
  if (place.platform !== 'win32') return unwrapCommand(command, scriptPath(place.dataDir))
  if (command !== commandFor(place, undefined)) return null
  return readInstalled(place.dataDir).find(({ settings }) => settings === place.settings)?.former
}

/** Creates the script and the spool, private to this user: the input of a status line names folders. */
function prepare({ dataDir, platform, signalbox }: Place): void {
  const spool = spoolPath(dataDir)
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    fs.mkdirSync(spool, { recursive: true, mode: 0o700 })
    for (const folder of [spool, path.dirname(spool)]) fs.chmodSync(folder, 0o700)
  } catch (error) {
    throw new Failure(
      `${formatPath(spool)} cannot be created (${(error as NodeJS.ErrnoException).code}).`,
      'Grant this user write access, or set DATA_DIR to a writable folder.',
    )
  }
  if (platform === 'win32') return
  const script = scriptPath(dataDir)
  replaceFile(script, readText(script), buildScript(dataDir, [...signalbox, 'statusline', '--spooled']))
}

/** Removes the installed files, except a backup of settings that were edited since. */
function removeFiles(dataDir: string): void {
  fs.rmSync(scriptPath(dataDir), { force: true })
  fs.rmSync(spoolPath(dataDir), { recursive: true, force: true })
  try {
    fs.rmdirSync(path.dirname(scriptPath(dataDir)))
  } catch {
    // It does not exist, or holds a backup.
  }
}

function busyFailure(settings: string): Failure {
  return new Failure(`${formatPath(settings)} is being written by another program.`, 'Try again.')
}
