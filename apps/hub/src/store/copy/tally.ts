import { type CopiedNoun, type CopyCounts, type CopyRemark, copiedNouns } from '@signalbox/contract/store-copy'

/** @param next what was written; undefined when nothing was */
export function became(known: unknown, next: unknown): 'added' | 'updated' | 'unchanged' {
  if (next === undefined) return 'unchanged'
  return known === undefined ? 'added' : 'updated'
}

/** Reasons that every store has for what it leaves out. */
export const otherTaskHasId = 'a task of another session has this id there'
export const otherKeyHasHash = 'there is the same key under another id'
export const hasOwnSecret = 'there are keys already, and browsers that signed in with them; its own is kept'

/** Of so many a remark gives the ids. */
const NAMED = 10

/** Counts what became of the rows that a store was given. */
export class Tally {
  readonly #counts = new Map<CopiedNoun, { -readonly [K in keyof CopyCounts]: number }>()
  readonly #remarks = new Map<string, CopyRemark>()

  count(noun: CopiedNoun, what: keyof CopyCounts, many = 1): void {
    const counts = this.#counts.get(noun) ?? { added: 0, updated: 0, unchanged: 0, skipped: 0 }
    counts[what] += many
    this.#counts.set(noun, counts)
  }

  skip(noun: CopiedNoun, reason: string, id: string): void {
    this.count(noun, 'skipped')
    this.#remark({ noun, reason, skipped: true, count: 1, ids: [id] })
  }

  /** It was copied, but not as it is in the source. */
  differs(noun: CopiedNoun, reason: string, id: string): void {
    this.#remark({ noun, reason, skipped: false, count: 1, ids: [id] })
  }

  add(other: Tally): void {
    for (const noun of copiedNouns) {
      for (const [what, many] of Object.entries(other.of(noun)) as [keyof CopyCounts, number][]) this.count(noun, what, many)
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
    const ids = [...(known?.ids ?? []), ...remark.ids].slice(0, NAMED)
    this.#remarks.set(key, { ...remark, count: (known?.count ?? 0) + remark.count, ids })
  }
}
