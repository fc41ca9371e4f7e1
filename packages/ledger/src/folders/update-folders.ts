import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { normalizeFolder } from '@signalbox/usage/project-path'
import { type FolderRow, isOutdated } from '../store/folders.ts'
import type { LedgerStore } from '../store/ledger-store.ts'
import { type Repository, type RepositoryFinder, repositoryFinder } from './git-repository.ts'
import { rootsByPath } from './path-rules.ts'

/** A refresh looks at folders for this long at most, in milliseconds; the others wait for the next one. */
const MAX_LOOK_MS = 1_000

export interface FolderUpdate {
  /** The folders of the calls that were just read. */
  readonly touched: ReadonlySet<string>
  readonly now: number
  /** For tests of disks that do not answer. */
  readonly finder?: RepositoryFinder | undefined
  readonly maxLookMs?: number | undefined
  /** The home folder: a repository there is not the project of everything in it. */
  readonly home?: string | undefined
}

/**
 * Finds out to which project folders belong: those that are new, and those with new calls that were not looked at for a day.
 * @returns the number of folders whose project has changed
 * @throws LedgerError when the ledger cannot be written
 */
export async function updateFolders(store: LedgerStore, update: FolderUpdate): Promise<number> {
  const { touched, now, finder = repositoryFinder(), maxLookMs = MAX_LOOK_MS, home = os.homedir() } = update
  const { known, added, place } = store.read(() => ({
    known: new Map(store.folders.all().map((row) => [row.folder, row])),
    added: store.folders.listNew(),
    place: store.folders.lastPlace(),
  }))
  const old = [...touched].filter((folder) => isOutdated(known.get(folder) ?? { checked_at: now }, now))
  if (added.length + old.length === 0) {
    store.transact(() => store.folders.markLooked(place))
    return 0
  }
  const { found, finished } = await lookAt([...added, ...old], known, { finder, maxLookMs, home, now })
  return store.transact(() => {
    const rows = new Map(known)
    for (const row of found) rows.set(row.folder, row)
    const news = found.filter(({ folder, project }) => known.get(folder)?.project !== project)
    const changed = store.folders.put(withNews(store, rows, news, home).filter((row) => !isSame(known.get(row.folder), row)))
    if (finished) store.folders.markLooked(place)
    return changed
  })
}

interface Look {
  readonly finder: RepositoryFinder
  readonly maxLookMs: number
  readonly home: string
  readonly now: number
}

/** Looks at folders on the disk. @returns what was found out; `finished` is false when the time was over */
async function lookAt(
  folders: readonly string[],
  known: ReadonlyMap<string, FolderRow>,
  { finder, maxLookMs, home, now }: Look,
): Promise<{ found: FolderRow[]; finished: boolean }> {
  const found: FolderRow[] = []
  const timeout = new AbortController()
  const isOver = new Promise<'over'>((resolve) => timeout.signal.addEventListener('abort', () => resolve('over')))
  const timer = setTimeout(() => timeout.abort(), maxLookMs)
  try {
    for (const folder of folders) {
      const seen = await Promise.race([repositoryOf(folder, finder, home), isOver])
      // The disk of this folder may never answer, so it counts as looked at.
      if (seen === 'over') return { found: [...found, rowOf(folder, known.get(folder), undefined, now)], finished: false }
      found.push(rowOf(folder, known.get(folder), seen, now))
    }
    return { found, finished: true }
  } finally {
    clearTimeout(timer)
  }
}

type Seen = { readonly repository: Repository; readonly isThere: boolean }

/** The repository of a folder of this machine; a folder that is gone belongs to what is left around it. */
async function repositoryOf(folder: string, finder: RepositoryFinder, home: string): Promise<Seen | undefined> {
  if (!path.isAbsolute(folder)) return undefined
  const place = path.resolve(folder)
  const repository = await finder.find(place)
  if (repository === undefined) return undefined
  const isEverything = repository.root === home || path.dirname(repository.root) === repository.root
  if (isEverything && place !== repository.root) return undefined
  return { repository, isThere: await finder.exists(place) }
}

/** What was seen once stays: the folder of a worktree goes, what was done in it does not. */
function rowOf(folder: string, known: FolderRow | undefined, seen: Seen | undefined, checked_at: number): FolderRow {
  if (known?.seen === 'git' && seen?.isThere !== true) return { ...known, checked_at }
  if (seen === undefined) {
    const own = normalizeFolder(folder)
    return { folder, project: known?.project ?? own, root: known?.root ?? own, seen: 'path', checked_at }
  }
  const root = normalizeFolder(seen.repository.root)
  if (known?.root === root && !seen.repository.isRead) return { ...known, checked_at }
  return { folder, project: seen.repository.id ?? root, root, seen: 'git', checked_at }
}

/**
 * All rows, with what was just seen of their repositories: it holds for every folder of them, and says more about those whose
 * project follows from their paths.
 */
function withNews(store: LedgerStore, rows: ReadonlyMap<string, FolderRow>, looked: readonly FolderRow[], home: string): FolderRow[] {
  const projects = new Map<string, string>()
  for (const { seen, root, project } of [...rows.values(), ...looked]) if (seen === 'git') projects.set(root, project)
  const around = new Set(projects.keys())
  const homes = spellingsOf(home)
  for (const one of homes) around.delete(one)
  const byPath = [...rows.values()].some(({ seen }) => seen === 'path')
    ? rootsByPath(store.folders.used(), around, homes)
    : new Map<string, string>()
  return [...rows.values()].map((row) => {
    const root = row.seen === 'git' ? row.root : (byPath.get(row.folder) ?? row.root)
    return { ...row, root, project: projects.get(root) ?? root }
  })
}

/** A home folder behind a link: Claude Code writes where it really is. */
function spellingsOf(home: string): ReadonlySet<string> {
  try {
    return new Set([home, fs.realpathSync(home)].map(normalizeFolder))
  } catch {
    return new Set([normalizeFolder(home)])
  }
}

function isSame(known: FolderRow | undefined, row: FolderRow): boolean {
  return known?.project === row.project && known.root === row.root && known.seen === row.seen && known.checked_at === row.checked_at
}
