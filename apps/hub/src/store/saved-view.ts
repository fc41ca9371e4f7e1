import type { ViewScreen } from '@signalbox/contract/saved-view'
import type { Change } from './change.ts'

/** Instants are milliseconds. */
export interface SavedViewRecord {
  readonly view_id: string
  readonly screen: ViewScreen
  readonly name: string
  readonly search: string
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

export interface SavedViewStore {
  list(): Promise<SavedViewRecord[]>
  find(id: string): Promise<SavedViewRecord | undefined>
  /** Writes a view if the store has the revision before; revision 1 if it has none. @returns whether it was written */
  put(view: SavedViewRecord, change: Change): Promise<boolean>
  /** @returns whether it was there */
  remove(id: string, change: Change): Promise<boolean>
}
