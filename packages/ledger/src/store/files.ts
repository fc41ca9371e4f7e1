import type { FileState } from '../file-state.ts'
import type { Store } from './open-store.ts'

/** The stored states of transcripts. */
export interface Files {
  all(): Map<string, FileState>
  get(path: string): FileState | undefined
  put(state: FileState): void
  forget(path: string): void
}

const COLUMNS = 'path, dev, ino, size, mtime, offset, fingerprint, bad_lines AS badLines, open_answers AS scannerState, born'

export function openFiles(store: Store): Files {
  const all = store.prepare<[], FileState>(`SELECT ${COLUMNS} FROM files`)
  const get = store.prepare<[string], FileState>(`SELECT ${COLUMNS} FROM files WHERE path = ?`)
  const put = store.prepare(
    'INSERT OR REPLACE INTO files (path, dev, ino, size, mtime, offset, fingerprint, bad_lines, open_answers, born) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const forget = store.prepare('DELETE FROM files WHERE path = ?')
  return {
    all: () => new Map(all.all().map((state) => [state.path, state])),
    get: (path) => get.get(path),
    put: ({ path, dev, ino, size, mtime, offset, fingerprint, badLines, scannerState, born }) =>
      void put.run(path, dev, ino, size, mtime, offset, fingerprint, badLines, scannerState, born),
    forget: (path) => void forget.run(path),
  }
}
