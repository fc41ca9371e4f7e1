import { z } from 'zod'

/** Of the JSON text of the merged object, in UTF-8. */
export const MAX_METADATA_BYTES = 16 * 1024
export const MAX_METADATA_DEPTH = 32

/** Whatever a client wants to keep beside a noun; at most 16 KiB as JSON, nested at most 32 deep. */
export const metadataSchema = z.record(z.string(), z.unknown())
export type Metadata = z.infer<typeof metadataSchema>

/** Merged into what is there, key by key at the first level; a `null` value removes its key. */
export const metadataPatchSchema = metadataSchema.superRefine((value, context) => {
  if (isDeeperThan(value, MAX_METADATA_DEPTH)) {
    context.addIssue({ code: 'custom', message: `must not be nested deeper than ${MAX_METADATA_DEPTH}` })
  } else if (jsonBytes(value) > MAX_METADATA_BYTES) {
    context.addIssue({ code: 'custom', message: `must be at most ${MAX_METADATA_BYTES / 1024} KiB as JSON` })
  }
})

export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

/** Without recursion: what is nested 30,000 deep must be found out, not run into. */
function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value]
  for (let at = 0; at <= depth; at++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
    if (level.length === 0) return false
  }
  return true
}
