import { type CopiedNoun, type CopyCounts, type CopyRemark, copiedNouns } from '@signalbox/contract/store-copy'
import type { IngestCounts } from '../usage.ts'

/** @param next the row that was written; undefined when none was */
export function became(known: unknown, next: unknown): 'added' | 'updated' | 'unchanged' {
  if (next === undefined) return 'unchanged'
  return known === undefined ? 'added' : 'updated'
}

/** The reasons for which any store skips a row. */
export const otherTaskHasId = 'a task of another session has this id there'
export const otherKeyHasHash = 'there is the same key under another id'
export const hasOwnSecret = 'there are keys already, and browsers that signed in with them; its own is kept'

/** The most ids that a remark lists. */
const MAX_REMARK_IDS = 10

/** Counts the outcome of each row that was loaded into a store. */
export class Tally {
  readonly #counts = new Map<CopiedNoun, { -readonly [K in keyof CopyCounts]: number }>()
  readonly #remarks = new Map<string, CopyRemark>()

  count(noun: CopiedNoun, what: keyof CopyCounts, rows = 1): void {
    const counts = this.#counts.get(noun) ?? { added: 0, updated: 0, unchanged: 0, skipped: 0 }
    counts[what] += rows
    this.#counts.set(noun, counts)
  }

  countCalls({ accepted, improved, duplicates }: IngestCounts): void {
    this.count('calls', 'added', accepted)
    this.count('calls', 'updated', improved)
    this.count('calls', 'unchanged', duplicates)
  }

  skip(noun: CopiedNoun, reason: string, id: string): void {
    this.count(noun, 'skipped')
    this.#remark({ noun, reason, skipped: true, count: 1, ids: [id] })
  }

  /** Records a row that was copied, but differs from the source. */
  differs(noun: CopiedNoun, reason: string, id: string): void {
    this.#remark({ noun, reason, skipped: false, count: 1, ids: [id] })
  }

  add(other: Tally): void {
    for (const noun of copiedNouns) {
      for (const [what, rows] of Object.entries(other.of(noun)) as [keyof CopyCounts, number][]) this.count(noun, what, rows)
    }
    for (const remark of other.remarks) this.#remark(remark)
  }

  of(noun: CopiedNoun): CopyCounts {
    return this.#counts.get(noun) ?? { added: 0, updated: 0, unchanged: 0, skipped: 0 }
  }

  get counts(): Record<CopiedNoun, CopyCounts> {
    return Object.fromEntries(copiedNouns.map((noun) => [noun, { ...this.of(noun) }])) as Record<CopiedNoun, CopyCounts>
  }

  get remarks(): CopyRemark[] {
    return [...this.#remarks.values()]
  }

  #remark(remark: CopyRemark): void {
    const key = `${remark.noun}\n${remark.skipped}\n${remark.reason}`
    const known = this.#remarks.get(key)
    const ids = [...(known?.ids ?? []), ...remark.ids].slice(0, MAX_REMARK_IDS)
    this.#remarks.set(key, { ...remark, count: (known?.count ?? 0) + remark.count, ids })
  }
}
