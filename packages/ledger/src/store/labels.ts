import type { CallLabel } from '../scan/call-batch.ts'
import type { Store } from './open-store.ts'

/** The two rows that hold a label: its place, which roll-ups tell apart, and its origin. */
export interface LabelIds {
  readonly place: number
  readonly origin: number
}

export interface Labels {
  /** Ids of a label, made where there are none; inside a transaction that writes. */
  idsOf(label: CallLabel): LabelIds
  labelOf(ids: LabelIds): CallLabel
  /** After a rollback: what was made is not there. */
  forget(): void
}

/** Enough for every session of a month; above it, ids are looked up again. */
const MOST_KNOWN = 20_000

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
  const known = new Map<string, LabelIds>()
  const placeOf = remembering((id) => {
    const place = getPlace.get(id)!
    return {
      model: place.model!,
      ...named('session_id', place.session),
      ...named('cwd', place.project),
      ...named('git_branch', place.branch),
      ...named('speed', place.speed),
      ...named('service_tier', place.service_tier),
      ...named('inference_geo', place.inference_geo),
    }
  })
  const originOf = remembering((id) => {
    const origin = getOrigin.get(id)!
    return { ...named('version', origin.version), ...named('agent_id', origin.agent), is_sidechain: origin.is_sidechain === 1 }
  })

  return {
    idsOf(label) {
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
      let ids = known.get(text)
      if (ids === undefined) {
        if (known.size >= MOST_KNOWN) known.clear()
        ids = {
          place: findPlace.get(...place) ?? Number(addPlace.run(...place).lastInsertRowid),
          origin: findOrigin.get(...origin) ?? Number(addOrigin.run(...origin).lastInsertRowid),
        }
        known.set(text, ids)
      }
      return ids
    },
    labelOf: (ids) => ({ ...placeOf(ids.place), ...originOf(ids.origin) }),
    forget: () => known.clear(),
  }
}

/** A function that remembers what it answered, up to `MOST_KNOWN` answers. */
function remembering<T>(ask: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>()
  return (id) => {
    let answer = known.get(id)
    if (answer === undefined) {
      if (known.size >= MOST_KNOWN) known.clear()
      answer = ask(id)
      known.set(id, answer)
    }
    return answer
  }
}

function named<const N extends string>(name: N, value: string | undefined): { [name in N]?: string } {
  return value === undefined || value === '' ? {} : ({ [name]: value } as { [name in N]?: string })
}
