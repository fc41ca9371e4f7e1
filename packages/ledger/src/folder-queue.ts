import type { ProjectFolder } from '@signalbox/contract/project-folder'
import { toSendableFolder } from './sendable-call.ts'
import type { LedgerStore } from './store/ledger-store.ts'

/** The projects of folders that the hub has not confirmed. Few: a folder is sent once, and when its project changes. */
export interface FolderQueue {
  /** The next folders to send, at most `limit`; undefined when the hub has all. Names are hashed where calls have hashes. */
  next(limit: number): FolderPage | undefined
  /** Marks the folders of a page as delivered, except those that have changed meanwhile. */
  confirm(page: FolderPage): void
}

export interface FolderPage {
  readonly folders: readonly ProjectFolder[]
  /** The folders as this machine has them. */
  readonly stored: readonly ProjectFolder[]
}

/** @param redact hashes a name, as in calls; undefined where names are sent as they are */
export function openFolderQueue(store: LedgerStore, redact: ((name: string) => string) | undefined): FolderQueue {
  // Names are sent in another form from now on, those of calls too.
  const form = redact === undefined ? 'plain' : 'hashed'
  if (store.meta.get('folders_form') !== form) {
    store.transact(() => {
      store.folders.resend()
      store.meta.set('folders_form', form)
    })
  }
  const sentName = (name: string) => toSendableFolder(redact?.(name) ?? name)
  return {
    next: (limit) =>
      store.read(() => {
        const stored = store.folders.unsent(limit)
        if (stored.length === 0) return undefined
        const folders = stored.map(({ folder, project, root, seen }) => ({
          folder: sentName(folder),
          project: sentName(project),
          root: sentName(root),
          seen,
        }))
        return { folders, stored }
      }),
    confirm: ({ stored }) => store.transact(() => store.folders.confirm(stored)),
  }
}
