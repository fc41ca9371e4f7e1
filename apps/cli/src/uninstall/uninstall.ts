import fs from 'node:fs'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import { configFolder } from '@signalbox/hub-address/credentials-file'
import { readHubFile } from '@signalbox/hub-address/hub-file'
import { readCollectorStatus } from '../collector-status.ts'
import { readRecords } from '../connect/record.ts'
import { undo } from '../connect/undo.ts'
import { Failure } from '../failure.ts'
import { formatBytes } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import { readHooksStatus, uninstallHooks } from '../hooks/install.ts'
import { hookPlaces } from '../hooks/places.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import type { Io } from '../io.ts'
import { servicesHere } from '../service/install.ts'
import { readStatus, uninstall as uninstallStatusLine } from '../statusline/install.ts'
import { statusLinePlaces } from '../statusline/places.ts'

export interface UninstallOptions extends ConfirmOptions {
  readonly data?: true
  readonly dryRun?: true
}

/** One thing that was changed, and how it is undone. */
interface Change {
  readonly what: string
  undo(): Promise<void> | void
}

/** Undoes what was changed on this machine, the newest first. What fails is printed, and the others go on. */
export async function uninstall(io: Io, options: UninstallOptions): Promise<void> {
  const { DATA_DIR: dataDir } = readSettings(io.env, ['DATA_DIR'])
  const changes = await findChanges(io)
  const kept = keptFolders(io, dataDir)
  if (changes.length === 0 && !(options.data && kept.length > 0))
    io.stdout.write('Signalbox has changed nothing here that is to be undone.\n')
  for (const { what } of changes) io.stdout.write(`${options.dryRun ? 'Would undo' : 'To undo'}: ${what}\n`)
  if (options.data)
    for (const folder of kept)
      io.stdout.write(`${options.dryRun ? 'Would delete' : 'To delete'}: ${formatPath(folder)} (${sizeOf(folder)})\n`)
  if (options.dryRun) return sayWhatStays(io, options.data ? [] : kept)
  if (changes.length > 0 || options.data) {
    const effect = options.data ? 'the data cannot be restored without a backup' : 'Claude Code no longer reports to Signalbox'
    requireConfirmation(io, effect, options)
    await confirm(io, `Continue? ${effect.charAt(0).toUpperCase()}${effect.slice(1)}.`, options)
  }
  for (const { what, undo: revert } of changes) {
    try {
      await revert()
    } catch (error) {
      const { message, suggestion } = error as Error & { suggestion?: string }
      io.stderr.write(`signalbox: ${what}: ${message} ${suggestion ?? ''}\n`)
      io.exitCode = 1
    }
  }
  if (options.data) {
    if (io.exitCode)
      throw new Failure('the data stays, because not everything was undone.', 'Correct what is said above, and run this again.')
    requireStopped(io, dataDir)
    for (const folder of kept) {
      fs.rmSync(folder, { recursive: true, force: true })
      io.stdout.write(`${formatPath(folder)}: deleted.\n`)
    }
  }
  sayWhatStays(io, options.data ? [] : kept)
}

async function findChanges(io: Io): Promise<Change[]> {
  const connections = readRecords(configFolder(io.env)).map(
    ({ url }): Change => ({ what: `the connection to ${url}`, undo: () => undo(io, false) }),
  )
  const services = (await servicesHere(io)).map(({ description, remove }): Change => ({ what: `the service ${description}`, undo: remove }))
  const hooks = hookPlaces(io)
    .filter((place) => readHooksStatus(place).state !== 'not installed')
    .map((place): Change => {
      return { what: `the hooks in ${formatPath(place.settings)}`, undo: () => void uninstallHooks(place) }
    })
  const lines = statusLinePlaces(io)
    .filter((place) => readStatus(place).state !== 'not installed')
    .map((place): Change => {
      return { what: `the status line in ${formatPath(place.settings)}`, undo: () => void uninstallStatusLine(place) }
    })
  // Connections last: what is installed beside them is taken out of settings that they may restore.
  return [...services, ...hooks, ...lines, ...connections.reverse()]
}

/** What only --data deletes: the data, and what connections have left. */
function keptFolders(io: Io, dataDir: string): string[] {
  return [dataDir, configFolder(io.env)].filter((folder) => fs.existsSync(folder) && fs.readdirSync(folder).length > 0)
}

/** @throws Failure while a program works on the data */
function requireStopped(io: Io, dataDir: string): void {
  const hub = readHubFile(dataDir)
  const collector = readCollectorStatus(io, dataDir)
  const running = [
    ...(hub !== undefined && io.system.isRunning(hub.pid) ? [`the hub (process ${hub.pid})`] : []),
    ...(collector?.running ? [`the collector (process ${collector.pid})`] : []),
  ]
  if (running.length > 0) throw new Failure(`${running.join(' and ')} still runs, so the data stays.`, 'Stop it, and run this again.')
}

function sayWhatStays(io: Io, kept: readonly string[]): void {
  for (const folder of kept) io.stdout.write(`Stays: ${formatPath(folder)} (${sizeOf(folder)}). To delete it: signalbox uninstall --data\n`)
  io.stdout.write('Stays: the program. To remove it: npm uninstall -g signalbox\n')
  io.stdout.write('Stays: what a hub elsewhere has of this machine. There: signalbox keys revoke ID, signalbox data delete --machine ID\n')
}

function sizeOf(folder: string): string {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return formatBytes(
    files.reduce((sum, file) => sum + (fs.statSync(path.join(file.parentPath, file.name), { throwIfNoEntry: false })?.size ?? 0), 0),
  )
}
