import type { Store } from './open-store.ts'

/** Single values of the ledger, each a text with a name. */
export interface Meta {
  get(name: MetaName): string | undefined
  set(name: MetaName, value: string): void
}

export type MetaName =
  | 'outbox'
  | 'round'
  | 'hub'
  | 'thresholds'
  | 'slices'
  | 'migration'
  | 'estimate_quality'
  | 'last_read'
  | 'redaction_salt'
  | 'collector'
  | 'readings_hub'
  | 'observations_hub'
  | 'folders'
  | 'folders_form'
  | 'known_answers'

export function openMeta(store: Store): Meta {
  const get = store.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck()
  const set = store.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  return {
    get: (name) => get.get(name),
    set: (name, value) => void set.run(name, value),
  }
}

/** Reads an integer; 0 when it is not set. */
export function metaNumber(meta: Meta, name: MetaName): number {
  return Number(meta.get(name) ?? 0)
}
