import type { CallLabel } from '../scan/call-batch.ts'
import type { Store } from './open-store.ts'

/** The two rows of a label: its place, which is part of the key of roll-ups, and its origin. */
export interface LabelIds {
  readonly place: number
  readonly origin: number
}

export interface Labels {
  /** Finds or creates the ids of a label, inside a write transaction. */
  findOrCreateIds(label: CallLabel): LabelIds
  getLabel(ids: LabelIds): CallLabel
  /** Clears the cache; necessary after a rollback, because created ids no longer exist. */
  clearCache(): void
}

/** The most cached labels: enough for all sessions of a month. */
const MAX_CACHED_LABELS = 20_000

export function openLabels(store: Store): Labels {
  const findPlace = store
    .prepare<string[], number>(
      'SELECT id FROM places WHERE session = ? AND project = ? AND branch = ? AND model = ? AND speed = ? AND service_tier = ? AND inference_geo = ?',
    )
    .pluck()
  const addPlace = store.prepare<string[]>(
    'INSERT INTO places (session, project, branch, model, speed, service_tier, inference_geo) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const findOrigin = store
    .prepare<[string, string, number], number>('SELECT id FROM origins WHERE version = ? AND agent = ? AND is_sidechain = ?')
    .pluck()
  const addOrigin = store.prepare<[string, string, number]>('INSERT INTO origins (version, agent, is_sidechain) VALUES (?, ?, ?)')
  const getPlace = store.prepare<[number], Record<string, string>>('SELECT * FROM places WHERE id = ?')
  const getOrigin = store.prepare<[number], { version: string; agent: string; is_sidechain: number }>('SELECT * FROM origins WHERE id = ?')
  const idsCache = new Map<string, LabelIds>()
  const readPlace = cached((id) => {
    const place = getPlace.get(id)!
    return {
      model: place.model!,
      ...optional('session_id', place.session),
      ...optional('cwd', place.project),
      ...optional('git_branch', place.branch),
      ...optional('speed', place.speed),
      ...optional('service_tier', place.service_tier),
      ...optional('inference_geo', place.inference_geo),
    }
  })
  const readOrigin = cached((id) => {
    const origin = getOrigin.get(id)!
    return { ...optional('version', origin.version), ...optional('agent_id', origin.agent), is_sidechain: origin.is_sidechain === 1 }
  })

  return {
    findOrCreateIds(label) {
      const place = [
        label.session_id ?? '',
        label.cwd ?? '',
        label.git_branch ?? '',
        label.model,
        label.speed ?? '',
        label.service_tier ?? '',
        label.inference_geo ?? '',
      ]
      const origin: [string, string, number] = [label.version ?? '', label.agent_id ?? '', label.is_sidechain ? 1 : 0]
      const text = JSON.stringify([place, origin])
      let ids = idsCache.get(text)
      if (ids === undefined) {
        if (idsCache.size >= MAX_CACHED_LABELS) idsCache.clear()
        ids = {
          place: findPlace.get(...place) ?? Number(addPlace.run(...place).lastInsertRowid),
          origin: findOrigin.get(...origin) ?? Number(addOrigin.run(...origin).lastInsertRowid),
        }
        idsCache.set(text, ids)
      }
      return ids
    },
    getLabel: (ids) => ({ ...readPlace(ids.place), ...readOrigin(ids.origin) }),
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

function optional<const N extends string>(name: N, value: string | undefined): { [name in N]?: string } {
  return value === undefined || value === '' ? {} : ({ [name]: value } as { [name in N]?: string })
}
