import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import { configFolder, credentialsPath } from '@signalbox/hub-address/credentials-file'
import type { Io } from '../io.ts'
import { settingsFiles } from '../statusline/places.ts'
import { type ConnectRecord, readRecords, type StepRecord, writeRecords } from './record.ts'

/** What every step of `connect` needs. */
export interface ConnectContext {
  readonly io: Io
  readonly url: string
  readonly dryRun: boolean
  readonly configFolder: string
  readonly credentialsFile: string
  readonly dataDir: string
  /** The settings files of Claude Code. */
  readonly settings: readonly string[]
  /** Prints one line about a step. */
  say(step: string, text: string): void
  /** Notes a change before it is made: a change without its note could not be undone. */
  note(step: StepRecord): void
  /** Removes the folders that this run has made, as far as they are empty. */
  removeEmptyFolders(): void
  /** Removes the note of a change that was not made. */
  forget(step: StepRecord): void
  /** Whether an earlier connection, to another hub, has made the change. */
  notedEarlier(step: StepRecord['step']): boolean
  /** Whether this connection has made the change already. */
  noted<S extends StepRecord['step']>(step: S): Extract<StepRecord, { step: S }> | undefined
}

export function createContext(io: Io, url: string, dryRun: boolean): ConnectContext {
  const { DATA_DIR: dataDir } = readSettings(io.env, ['DATA_DIR'])
  const folder = configFolder(io.env)
  const settings = settingsFiles(io)
  const records = readRecords(folder)
  const last = records.at(-1)
  const isSame = last?.url === url
  const before = isSame ? records.slice(0, -1) : records
  let record: ConnectRecord = isSame
    ? last
    : {
        url,
        at: new Date(io.now()).toISOString(),
        steps: [],
        folders: missingFolders([folder, dataDir, ...settings.map((file) => path.dirname(file)), ...serviceFolders(io)]),
      }
  const write = () => {
    if (!dryRun) writeRecords(folder, record.steps.length === 0 ? before : [...before, record])
  }
  return {
    io,
    url,
    dryRun,
    configFolder: folder,
    credentialsFile: credentialsPath(io.env),
    dataDir,
    settings,
    say: (step, text) => void io.stdout.write(`${step.padEnd(12)} ${text}\n`),
    note(step) {
      // The credentials are undone last: what runs with them is stopped before.
      record = { ...record, steps: step.step === 'credentials' ? [step, ...record.steps] : [...record.steps, step] }
      write()
    },
    forget(step) {
      record = { ...record, steps: record.steps.filter((one) => one !== step) }
      write()
    },
    removeEmptyFolders: () => removeEmptyFolders(record.folders),
    notedEarlier: (step) => before.some(({ steps }) => steps.some((one) => one.step === step)),
    noted: <S extends StepRecord['step']>(step: S) =>
      record.steps.find((one): one is Extract<StepRecord, { step: S }> => one.step === step),
  }
}

/** The folder of systemd's user units and that of launchd's agents. */
export function systemdFolder({ env }: Io): string {
  const { XDG_CONFIG_HOME: xdg } = env
  return path.join(xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(env.HOME || os.homedir(), '.config'), 'systemd', 'user')
}
export function launchdFolder({ env }: Io): string {
  return path.join(env.HOME || os.homedir(), 'Library', 'LaunchAgents')
}

function serviceFolders(io: Io): string[] {
  if (io.system.platform === 'linux') return [path.join(systemdFolder(io), 'default.target.wants')]
  return io.system.platform === 'darwin' ? [launchdFolder(io)] : []
}

/** Removes folders, the last one first; one with anything in it stays. */
export function removeEmptyFolders(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      if (path.isAbsolute(folder)) fs.rmdirSync(folder)
    } catch {
      // It is in use, or gone.
    }
  }
}

/** The folders, with their parents, that do not exist, outermost first. */
function missingFolders(folders: readonly string[]): string[] {
  const missing = new Set<string>()
  for (const folder of folders) {
    for (let at = folder; !fs.existsSync(at) && path.dirname(at) !== at; at = path.dirname(at)) missing.add(at)
  }
  return [...missing].sort((a, b) => a.length - b.length)
}
