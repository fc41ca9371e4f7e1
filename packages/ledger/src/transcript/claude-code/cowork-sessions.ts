import { type Dirent, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** The folder of Claude Desktop in which Cowork keeps its sessions. */
const SESSIONS = 'local-agent-mode-sessions'
/** Claude Desktop with an account of Anthropic's, and with a cloud of another provider. */
const APPS = ['Claude', 'Claude-3p']

/**
 * The data folders that Claude Desktop may have on this platform, whether they exist or not: those of Electron, and on Windows
 * also that of an installation from the store, to which the system redirects the usual one.
 */
export function desktopDirs(env: NodeJS.ProcessEnv, home: string, platform: NodeJS.Platform = process.platform): string[] {
  const parents =
    platform === 'darwin'
      ? [path.join(home, 'Library/Application Support')]
      : platform === 'win32'
        ? [env.APPDATA || path.join(home, 'AppData/Roaming'), ...storeDirs(env.LOCALAPPDATA || path.join(home, 'AppData/Local'))]
        : [env.XDG_CONFIG_HOME !== undefined && path.isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : path.join(home, '.config')]
  return parents.flatMap((parent) => APPS.map((app) => path.join(parent, app)))
}

function storeDirs(localAppData: string): string[] {
  const packages = path.join(localAppData, 'Packages')
  return foldersIn(packages)
    .filter((name) => name.startsWith('Claude_'))
    .map((name) => path.join(packages, name, 'LocalCache/Roaming'))
}

/** The sessions of Cowork below one data folder of Claude Desktop. */
export interface CoworkSessions {
  /** The folder in which they are. */
  readonly folder: string
  /** The folders with transcripts, one of each session. */
  readonly roots: readonly string[]
}

/**
 * Finds the transcripts of Cowork. Each session has a configuration folder of Claude Code of its own, two levels below that
 * of the sessions (organisation, account) or, for agents that it starts, in `agent`. Beside it are files of the user and
 * `audit.jsonl`, which repeats the calls with unfinished counts: neither is read.
 * @returns undefined where Cowork has not run
 */
export function findCoworkSessions(desktopDir: string): CoworkSessions | undefined {
  const folder = path.join(desktopDir, SESSIONS)
  const accounts = below(below([folder]))
  const holders = [...accounts, ...accounts.map((account) => path.join(account, 'agent'))]
  const roots = below(holders, (name) => name.startsWith('local_'))
    .map((session) => path.join(session, '.claude/projects'))
    .filter((root) => existsSync(root))
  return roots.length === 0 ? undefined : { folder, roots: roots.sort() }
}

function below(folders: readonly string[], wanted: (name: string) => boolean = () => true): string[] {
  return folders.flatMap((folder) =>
    foldersIn(folder)
      .filter(wanted)
      .map((name) => path.join(folder, name)),
  )
}

/** The names of the folders in a folder; none where it cannot be read. */
function foldersIn(folder: string): string[] {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}
