import type { ProjectFolder } from '@signalbox/contract/project-folder'
import type { UsedFolder } from '../folders/path-rules.ts'
import type { Store } from './open-store.ts'

/** What is known about a folder. */
export interface FolderRow extends ProjectFolder {
  /** When it was looked at last, in milliseconds since 1970. */
  readonly checked_at: number
}

/** The folders of calls, and the project of each. */
export interface Folders {
  /**
   * Whether there are folders that were never looked at, or not for a day and with new calls. Reads a row or two.
   * @param touched the folders with new calls
   */
  needLook(touched: Iterable<string>, now: number): boolean
  /** The folders of calls that were never looked at. */
  listNew(): string[]
  all(): FolderRow[]
  /** Every folder of calls, by session. */
  used(): UsedFolder[]
  /** Inside a transaction: stores what is known; the hub gets what has changed. @returns the number of rows that have */
  put(rows: readonly FolderRow[]): number
  /** Inside a transaction: the folders of all places up to here were looked at. @param place from `lastPlace` */
  markLooked(place: number): void
  /** The newest place. */
  lastPlace(): number
  /** The folders that the hub has not confirmed. */
  unsent(limit: number): ProjectFolder[]
  /** Inside a transaction. */
  confirm(sent: readonly ProjectFolder[]): void
  /** Inside a transaction: all are to be sent again. */
  resend(): void
}

/** What was known of a folder is looked at again after this time, in milliseconds, when there are new calls in it. */
const MAX_AGE_MS = 86_400_000

export function isOutdated({ checked_at }: Pick<FolderRow, 'checked_at'>, now: number): boolean {
  // A clock that was set back would put it off for as long.
  return checked_at <= now - MAX_AGE_MS || checked_at > now
}

export function openFolders(store: Store): Folders {
  const lastPlace = store.prepare<[], number>('SELECT coalesce(max(id), 0) FROM places').pluck()
  const looked = store.prepare<[], string>("SELECT value FROM meta WHERE name = 'folders'").pluck()
  const fields = 'folder, project, root, seen'
  // Places that were numbered anew are all new.
  const lookedUpTo = (): number => {
    const upTo = Number(looked.get() ?? 0)
    return upTo > lastPlace.get()! ? 0 : upTo
  }
  return {
    needLook(touched, now) {
      if (lastPlace.get()! > lookedUpTo()) return true
      const find = store.prepare<[string], FolderRow>('SELECT checked_at FROM folders WHERE folder = ?')
      for (const folder of touched) if (isOutdated(find.get(folder) ?? { checked_at: now }, now)) return true
      return false
    },
    listNew: () =>
      store
        .prepare<[number], string>(
          "SELECT DISTINCT project FROM places WHERE id > ? AND project <> '' AND project NOT IN (SELECT folder FROM folders) ORDER BY project",
        )
        .pluck()
        .all(lookedUpTo()),
    all: () => store.prepare<[], FolderRow>(`SELECT ${fields}, checked_at FROM folders`).all(),
    used: () =>
      store
        .prepare<[], UsedFolder>(
          `SELECT project AS folder, session, max(branch NOT IN ('', 'HEAD')) AS has_branch
           FROM places WHERE project <> '' GROUP BY project, session`,
        )
        .all(),
    put(rows) {
      const upsert = store.prepare(
        `INSERT INTO folders (${fields}, checked_at, sent) VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET
         project = excluded.project, root = excluded.root, seen = excluded.seen, sent = 0
         WHERE project <> excluded.project OR root <> excluded.root OR seen <> excluded.seen`,
      )
      const check = store.prepare('UPDATE folders SET checked_at = ? WHERE folder = ?')
      let changed = 0
      for (const { folder, project, root, seen, checked_at } of rows) {
        changed += upsert.run(folder, project, root, seen, checked_at).changes
        check.run(checked_at, folder)
      }
      return changed
    },
    markLooked: (place) =>
      void store
        .prepare("INSERT INTO meta (name, value) VALUES ('folders', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
        .run(String(place)),
    lastPlace: () => lastPlace.get()!,
    unsent: (limit) =>
      store.prepare<[number], ProjectFolder>(`SELECT ${fields} FROM folders WHERE sent = 0 ORDER BY folder LIMIT ?`).all(limit),
    confirm(sent) {
      const mark = store.prepare('UPDATE folders SET sent = 1 WHERE folder = ? AND project = ? AND root = ? AND seen = ?')
      for (const { folder, project, root, seen } of sent) mark.run(folder, project, root, seen)
    },
    resend: () => void store.prepare('UPDATE folders SET sent = 0').run(),
  }
}
