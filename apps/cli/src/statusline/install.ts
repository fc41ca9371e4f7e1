import fs from 'node:fs'
import path from 'node:path'
import { Failure } from '../failure.ts'
import { shown } from '../shown.ts'
import { backupIn, digest, type Installed, readInstalled, writeInstalled } from './installed.ts'
import { readText, replaceFile } from './replace-file.ts'
import { formerIn, scriptOf, scriptText, spoolOf, wrapped } from './script.ts'
import { isEmpty, readSetting, withCommand, withoutStatusLine, withStatusLine } from './settings-text.ts'

/** Whose status line, and what we put there. */
export interface Place {
  readonly dataDir: string
  /** The settings file of Claude Code. */
  readonly settings: string
  readonly platform: NodeJS.Platform
  /** The command that is `signalbox`, word by word. */
  readonly signalbox: readonly string[]
}

/** Another program may write the settings while we do: so often it is tried. */
const TRIES = 3

export type InstallOutcome = { readonly done: 'installed' | 'already'; readonly former: string | undefined; readonly backup?: string }

/**
 * Puts our command where the status line's was. Done twice it is done once.
 * @throws Failure, and the settings are as they were
 */
export function install(place: Place): InstallOutcome {
  const { dataDir, settings } = place
  prepare(place)
  for (let tries = 0; tries < TRIES; tries++) {
    const before = readText(settings)
    const text = before === undefined || before.trim() === '' ? '{}\n' : before
    const { command, written } = readSetting(text, shown(settings))
    const ours = command === undefined ? null : formerOf(command, place)
    if (ours !== null) return { done: 'already', former: ours }
    const wrapping = commandFor(place, command)
    const after =
      written === undefined ? withStatusLine(text, shown(settings), wrapping) : withCommand(text, shown(settings), JSON.stringify(wrapping))
    const backup = before === undefined ? undefined : backupIn(dataDir, settings)
    if (backup !== undefined) replaceFile(backup, readText(backup), before)
    const record: Installed = {
      settings,
      ...(command === undefined ? {} : { former: command }),
      ...(backup === undefined ? {} : { backup }),
      after: digest(after),
    }
    // Remembered first: settings that name us and are not remembered would be harder to put right than the other way round.
    writeInstalled(dataDir, [...readInstalled(dataDir).filter((one) => one.settings !== settings), record])
    if (replaceFile(settings, before, after)) return { done: 'installed', former: command, ...(backup === undefined ? {} : { backup }) }
  }
  throw busy(settings)
}

export type UninstallOutcome = { readonly done: 'uninstalled' | 'nothing' | 'changed'; readonly command: string | undefined }

/**
 * Puts the former command back. Settings that nobody has touched since are, byte for byte, what they were.
 * `changed`: somebody has put another command there since; it stays.
 * @throws Failure, and the settings are as they were
 */
export function uninstall(place: Place): UninstallOutcome {
  const { dataDir, settings } = place
  const all = readInstalled(dataDir)
  const record = all.find((one) => one.settings === settings)
  const forget = () => {
    const left = readInstalled(dataDir).filter((one) => one.settings !== settings)
    writeInstalled(dataDir, left)
    if (left.length === 0) removeOurs(dataDir)
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const before = readText(settings)
    const command = before === undefined || before.trim() === '' ? undefined : readSetting(before, shown(settings)).command
    const former = command === undefined ? null : formerOf(command, place)
    if (before === undefined || former === null) {
      forget()
      return { done: record === undefined ? 'nothing' : 'changed', command }
    }
    const backup = record?.backup === undefined ? undefined : readText(record.backup)
    if (replaceFile(settings, before, putBack(before, former, record, backup, shown(settings)))) {
      if (record?.backup !== undefined) fs.rmSync(record.backup, { force: true })
      forget()
      return { done: 'uninstalled', command: former }
    }
  }
  throw busy(settings)
}

function putBack(
  text: string,
  former: string | undefined,
  record: Installed | undefined,
  backup: string | undefined,
  file: string,
): string | undefined {
  const untouched = record !== undefined && digest(text) === record.after
  if (untouched && record.backup === undefined) return undefined
  if (untouched && backup !== undefined) return backup
  if (former !== undefined) return withCommand(text, file, asItWasWritten(former, backup))
  const without = withoutStatusLine(text, file)
  return record !== undefined && record.backup === undefined && isEmpty(without, file) ? undefined : without
}

/** With the escapes it had, where the backup knows them. */
function asItWasWritten(former: string, backup: string | undefined): string {
  try {
    const { command, written } = readSetting(backup ?? '', '')
    if (command === former && written !== undefined) return written
  } catch {
    // Then as we would write it.
  }
  return JSON.stringify(former)
}

export interface Status {
  readonly settings: string
  readonly state: 'installed' | 'not installed' | 'script missing'
  /** The status line command there is now, without us. */
  readonly command: string | undefined
  /** Milliseconds; of the newest that waits for the collector. */
  readonly spooledAt: number | undefined
}

export function statusOf(place: Place): Status {
  const { dataDir, settings } = place
  const text = readText(settings)
  const command = text === undefined || text.trim() === '' ? undefined : readSetting(text, shown(settings)).command
  const former = command === undefined ? null : formerOf(command, place)
  const there = place.platform === 'win32' || fs.existsSync(scriptOf(dataDir))
  return {
    settings,
    state: former === null ? 'not installed' : there ? 'installed' : 'script missing',
    command: former === null ? command : former,
    spooledAt: newestIn(spoolOf(dataDir)),
  }
}

function newestIn(folder: string): number | undefined {
  try {
    const times = fs.readdirSync(folder).flatMap((name) => fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? [])
    return times.length === 0 ? undefined : Math.max(...times)
  } catch {
    return undefined
  }
}

/** Without a POSIX shell the command itself keeps what it is told, and finds the former command in the record. */
function commandFor({ dataDir, platform, signalbox }: Place, former: string | undefined): string {
  if (platform !== 'win32') return wrapped(scriptOf(dataDir), former)
  // Git Bash takes backslashes away, and PowerShell takes a word in quotes for a text: quotes only where nothing else helps.
  const words = [...signalbox, 'statusline'].map((word) => word.replaceAll('\\', '/'))
  return words.map((word) => (/^[\w./:-]+$/.test(word) ? word : `"${word}"`)).join(' ')
}

/** As `formerIn`, on every platform. */
function formerOf(command: string, place: Place): string | undefined | null {
  if (place.platform !== 'win32') return formerIn(command, scriptOf(place.dataDir))
  if (command !== commandFor(place, undefined)) return null
  return readInstalled(place.dataDir).find(({ settings }) => settings === place.settings)?.former
}

/** The script and the spool, readable for this user alone: what a status line is told names folders. */
function prepare({ dataDir, platform, signalbox }: Place): void {
  const spool = spoolOf(dataDir)
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    fs.mkdirSync(spool, { recursive: true, mode: 0o700 })
    for (const folder of [spool, path.dirname(spool)]) fs.chmodSync(folder, 0o700)
  } catch (error) {
    throw new Failure(
      `${shown(spool)} cannot be made (${(error as NodeJS.ErrnoException).code}).`,
      'Give this user the right to write there, or set DATA_DIR to a folder that can be written.',
    )
  }
  if (platform === 'win32') return
  const script = scriptOf(dataDir)
  replaceFile(script, readText(script), scriptText(dataDir, [...signalbox, 'statusline', '--spooled']))
}

/** All but a backup of settings that somebody has changed since. */
function removeOurs(dataDir: string): void {
  fs.rmSync(scriptOf(dataDir), { force: true })
  fs.rmSync(spoolOf(dataDir), { recursive: true, force: true })
  try {
    fs.rmdirSync(path.dirname(scriptOf(dataDir)))
  } catch {
    // It was never there, or has a backup in it.
  }
}

function busy(settings: string): Failure {
  return new Failure(`${shown(settings)} is being written by another program.`, 'Try again.')
}
