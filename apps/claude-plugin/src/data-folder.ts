import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { printable } from '@signalbox/contract/printable'
import { readRegularFile } from '@signalbox/hub-address/regular-file'

/** The files that hooks, senders and witnesses share. Claude Code keeps the folder when it updates the plugin. */
export interface DataFolder {
  readonly root: string
  /** Events as the hooks wrote them, and what witnesses saw. */
  readonly spool: string
  /** Observations in the order in which they are sent, some to a file. */
  readonly queue: string
  /** The newest sign of life of each session: one that was not sent yet is replaced. */
  readonly alive: string
  /** The session of each process of Claude Code. */
  readonly clients: string
  /** Names the process that sends. */
  readonly lock: string
  /** What the hook's shell script reads: the process that sends, and until when it promises to. */
  readonly sender: string
  /** What must be remembered of each session. */
  readonly memory: string
  readonly log: string
  /** Whether the hub was reached, for `/signalbox:status`: only the process that delivers knows the options of the plugin. */
  readonly contact: string
}

/** The folder that hooks in settings.json name, else the folder of the plugin, else one of the user. The shell script has the same rule. */
export function dataFolderPath(env: NodeJS.ProcessEnv): string {
  if (env.SIGNALBOX_HOOK_DATA) return env.SIGNALBOX_HOOK_DATA
  if (env.CLAUDE_PLUGIN_DATA) return env.CLAUDE_PLUGIN_DATA
  return path.join(env.XDG_STATE_HOME || path.join(env.HOME || os.homedir(), '.local', 'state'), 'signalbox', 'hooks')
}

/** @throws Error of the file system, or when a link leads to a folder that is not ours */
export function openDataFolder(root: string): DataFolder {
  const folder: DataFolder = {
    root,
    spool: path.join(root, 'spool'),
    queue: path.join(root, 'queue'),
    alive: path.join(root, 'alive'),
    clients: path.join(root, 'clients'),
    lock: path.join(root, 'lock'),
    sender: path.join(root, 'sender'),
    memory: path.join(root, 'memory'),
    log: path.join(root, 'plugin.log'),
    contact: path.join(root, 'contact.json'),
  }
  for (const each of [folder.spool, folder.queue, folder.alive, folder.clients, folder.memory]) {
    fs.mkdirSync(each, { recursive: true, mode: 0o700 })
    // Files are removed there, which must be ours.
    if (fs.lstatSync(each).isSymbolicLink()) throw new Error(`${each} is a link, and is not used. Remove it.`)
  }
  return folder
}

let drafts = 0

/** Writes a file for its owner only; a reader sees the old content or the new. @throws Error of the file system */
export function replaceFile(file: string, text: string): void {
  const draft = writeDraft(file, text)
  try {
    moveDraft(draft, file)
  } catch (error) {
    fs.rmSync(draft, { force: true })
    throw error
  }
}

/** Writes what `moveDraft` puts in the place of the file. @throws Error of the file system */
export function writeDraft(file: string, text: string): string {
  const draft = `${file}.${process.pid}.${drafts++}.part`
  try {
    fs.writeFileSync(draft, text, { mode: 0o600 })
    return draft
  } catch (error) {
    fs.rmSync(draft, { force: true })
    throw error
  }
}

/** @throws Error of the file system */
export function moveDraft(draft: string, file: string): void {
  try {
    fs.renameSync(draft, file)
  } catch (error) {
    if (!removeObstacle(file)) throw error
    fs.renameSync(draft, file)
  }
}

/**
 * Removes what has the name of one of our files and is none: a folder, a FIFO, a link. It would be in the way for good.
 * @returns whether there was one
 * @throws Error of the file system
 */
export function removeObstacle(file: string): boolean {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() !== false) return false
  fs.rmSync(file, { recursive: true, force: true })
  return true
}

/** The names of the regular files in a folder: folders, links and FIFOs are not ours. @throws Error of the file system */
export function listFiles(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []))
}

/** Removes a file as far as that is possible. @returns whether it is gone */
export function removeFile(file: string): boolean {
  try {
    fs.rmSync(file, { force: true })
    return true
  } catch {
    return false
  }
}

const MAX_JSON_BYTES = 10_000_000

/** @returns undefined when there is no such file or it is damaged */
export function readJson(file: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readRegularFile(file, MAX_JSON_BYTES).text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const MAX_LOG_BYTES = 64 * 1024

/** Adds a line to the log: what went wrong and when, without anything of a session. */
export function writeLog({ log }: DataFolder, message: string): void {
  try {
    if ((fs.statSync(log, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) fs.renameSync(log, `${log}.1`)
    fs.appendFileSync(log, `${new Date().toISOString()} ${printable(message)}\n`, { mode: 0o600 })
  } catch {
    // A full disk must not stop the delivery.
  }
}
