import { z } from 'zod'

/** The most bytes of the merged object as JSON in UTF-8. */
export const MAX_METADATA_BYTES = 16 * 1024
export const MAX_METADATA_DEPTH = 32

/** Free data that a client stores with an object; at most 16 KiB as JSON and 32 levels deep. */
export const metadataSchema = z.record(z.string(), z.unknown())
export type Metadata = z.infer<typeof metadataSchema>

/** Merged into the existing metadata, key by key at the top level; a `null` value removes its key. */
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

/** Iterative, because recursion would overflow the stack on an object nested 30,000 levels deep. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  const open: object[] = [value]
  const levels = [1]
  while (open.length > 0) {
    const one = open.pop()!
    const level = levels.pop()!
    if (level > depth) return true
    for (const key in one) {
      const inner: unknown = one[key as keyof typeof one]
      if (typeof inner !== 'object' || inner === null) continue
      open.push(inner)
      levels.push(level + 1)
    }
  }
  return false
}
