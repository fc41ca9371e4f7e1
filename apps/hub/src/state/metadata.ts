import { jsonBytes, MAX_METADATA_BYTES, type Metadata } from '@signalbox/contract/metadata'
import { HubError } from '../hub-error.ts'

/** Stored as JSON, so that any key and any unpaired surrogate comes back exactly. */
export const emptyMetadata = '{}'

/**
 * Merges at the first level; a `null` value removes its key.
 * @throws HubError `validation_error` when the result would be too large
 */
export function mergeMetadata(stored: string, patch: Metadata | undefined): string {
  if (patch === undefined) return stored
  const merged = new Map(Object.entries(JSON.parse(stored) as Metadata))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, value)
  }
  const next = Object.fromEntries(merged)
  if (jsonBytes(next) > MAX_METADATA_BYTES) {
    throw new HubError('validation_error', `metadata would be larger than ${MAX_METADATA_BYTES / 1024} KiB`, {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'Send null for keys that are no longer needed, or keep large things elsewhere.',
      details: { field: 'metadata' },
    })
  }
  return JSON.stringify(next)
}

export function parseMetadata(stored: string): Metadata {
  return JSON.parse(stored) as Metadata
}
