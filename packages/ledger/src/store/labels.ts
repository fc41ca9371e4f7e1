import { type CallField, type CallName, callFields, callFieldsOf } from '@signalbox/contract/call-field'
import type { CallLabel } from '../transcript/call-batch.ts'
import type { Store } from './open-store.ts'

/** The two rows of a label: its place, which is part of the key of slices, and its origin. */
export interface LabelIds {
  readonly place: number
  readonly origin: number
}

export interface Labels {
  /** Finds or creates the ids of a label, inside a write transaction. */
  findOrCreateIds(label: CallLabel): LabelIds
  getLabel(ids: LabelIds): CallLabel
  /** The names that are part of the key of slices. */
  getPlace(place: number): Omit<CallLabel, 'version' | 'agent_id' | 'is_sidechain'>
  /** Clears the cache; necessary after a rollback, because created ids no longer exist. */
  clearCache(): void
}

/** The most cached labels: enough for all sessions of a month. */
const MAX_CACHED_LABELS = 20_000

/** The names that are part of the key of slices, with their columns in `places`; the other ones are in `origins`. */
const placeNames = callFieldsOf('name').filter((name) => columnOf(name) !== undefined)
const originNames = callFieldsOf('name').filter((name) => columnOf(name) === undefined)
export const placeColumns = placeNames.map((name) => columnOf(name)!)
const originColumns = [...originNames, 'is_sidechain']

function columnOf(name: CallName): string | undefined {
  return (callFields[name] as CallField).slice
}

export function openLabels(store: Store): Labels {
  const find = (table: string, columns: readonly string[]) =>
    store
      .prepare<(string | number)[], number>(`SELECT id FROM ${table} WHERE ${columns.map((column) => `${column} = ?`).join(' AND ')}`)
      .pluck()
  const add = (table: string, columns: readonly string[]) =>
    store
      .prepare<(string | number)[], number>(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING RETURNING id`,
      )
      .pluck()
  const findPlace = find('places', placeColumns)
  const addPlace = add('places', placeColumns)
  const findOrigin = find('origins', originColumns)
  const addOrigin = add('origins', originColumns)
  const getPlace = store.prepare<[number], Record<string, string>>('SELECT * FROM places WHERE id = ?')
  const getOrigin = store.prepare<[number], Record<string, string> & { is_sidechain: number }>('SELECT * FROM origins WHERE id = ?')
  const idsCache = new Map<string, LabelIds>()
  const readPlace = cached((id) => {
    const place = getPlace.get(id)!
    return Object.fromEntries(placeNames.flatMap((name) => optional(name, place[columnOf(name)!])))
  })
  const readOrigin = cached((id) => {
    const origin = getOrigin.get(id)!
    return { ...Object.fromEntries(originNames.flatMap((name) => optional(name, origin[name]))), is_sidechain: origin.is_sidechain === 1 }
  })

  return {
    findOrCreateIds(label) {
      const place = placeNames.map((name) => label[name] ?? '')
      const origin = [...originNames.map((name) => label[name] ?? ''), label.is_sidechain ? 1 : 0]
      const text = JSON.stringify([place, origin])
      let ids = idsCache.get(text)
      if (ids === undefined) {
        if (idsCache.size >= MAX_CACHED_LABELS) idsCache.clear()
        ids = {
          // Most places are new: a session has few. Most origins are known.
          place: addPlace.get(...place) ?? findPlace.get(...place)!,
          origin: findOrigin.get(...origin) ?? addOrigin.get(...origin)!,
        }
        idsCache.set(text, ids)
      }
      return ids
    },
    getPlace: (place) => readPlace(place) as unknown as CallLabel,
    getLabel: (ids) => ({ ...readPlace(ids.place), ...readOrigin(ids.origin) }) as CallLabel,
    clearCache: () => idsCache.clear(),
  }
}

/** Wraps a lookup by id with a cache. */
function cached<T>(lookUp: (id: number) => T): (id: number) => T {
  const cache = new Map<number, T>()
  return (id) => {
    let value = cache.get(id)
    if (value === undefined) {
      if (cache.size >= MAX_CACHED_LABELS) cache.clear()
      value = lookUp(id)
      cache.set(id, value)
    }
    return value
  }
}

function optional(name: string, value: string | undefined): [string, string][] {
  return value === undefined || value === '' ? [] : [[name, value]]
}
