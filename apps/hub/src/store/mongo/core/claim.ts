import { setTimeout as delay } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import { isDuplicate } from '../error.ts'
import { textId } from '../text-id.ts'

/** The owner of an id. */
export interface ClaimDocument {
  _id: string
  /** The owning document; stored as `session_id`, because only sessions own ids. */
  session_id: string
}

/** The time after which a claim that its owner does not use counts as orphaned. */
const CLAIM_TIMEOUT_MS = 1_000
const POLL_MS = 50

/**
 * Makes ids unique over all documents of a kind, each of which contains many of them.
 * An id is claimed before the document that uses it is written, and verified after that; an owner that takes over a claim
 * checks the other document once more. So of two documents that use one id, at least one sees the other.
 */
export class Claims {
  readonly #claims: Collection<ClaimDocument>
  readonly #usedBy: (owner: string) => Promise<readonly string[]>
  readonly #timeoutMs: number

  /** @param usedBy the ids that a document uses */
  constructor(
    claims: Collection<ClaimDocument>,
    usedBy: (owner: string) => Promise<readonly string[]>,
    { timeoutMs = CLAIM_TIMEOUT_MS }: { timeoutMs?: number | undefined } = {},
  ) {
    this.#claims = claims
    this.#usedBy = usedBy
    this.#timeoutMs = timeoutMs
  }

  /** To be called before the id is used. @returns false when another owner uses it */
  async claim(id: string, owner: string): Promise<boolean> {
    const _id = textId(id)
    for (let waited = 0; ; ) {
      if (await this.#insert(_id, owner)) return true
      const known = await this.#claims.findOne({ _id })
      if (known === null) continue
      const other = known.session_id
      if (other === owner) return true
      if (await this.#uses(other, id)) return false
      if (waited < this.#timeoutMs) {
        await delay(POLL_MS)
        waited += POLL_MS
        continue
      }
      // The claim is orphaned: its hub crashed, or the write was refused.
      const taken = await this.#claims.updateOne({ _id, session_id: other }, { $set: { session_id: owner } })
      if (taken.matchedCount !== 1) continue
      if (!(await this.#uses(other, id))) return true
      // The other owner was only slow.
      await this.#claims.updateOne({ _id, session_id: owner }, { $set: { session_id: other } })
      return false
    }
  }

  /** To be called after the id is used. @returns false when another owner has taken over the claim */
  async isClaimed(id: string, owner: string): Promise<boolean> {
    const _id = textId(id)
    for (;;) {
      const known = await this.#claims.findOne({ _id })
      if (known !== null) return known.session_id === owner
      // An earlier use of the id by this owner has released the claim.
      if (await this.#insert(_id, owner)) return true
    }
  }

  async ownerOf(id: string): Promise<string | undefined> {
    return (await this.#claims.findOne({ _id: textId(id) }))?.session_id
  }

  /** To be called after the owner has stopped using ids; idempotent. */
  async release(owner: string, ids: readonly string[]): Promise<void> {
    // An id may be in use again.
    const used = new Set(await this.#usedBy(owner))
    const unused = ids.filter((id) => !used.has(id))
    if (unused.length === 0) return
    await this.#claims.deleteMany({ _id: { $in: unused.map(textId) }, session_id: owner })
    const again = (await this.#usedBy(owner)).filter((id) => unused.includes(id))
    for (const id of again) await this.#insert(textId(id), owner)
  }

  async #uses(owner: string, id: string): Promise<boolean> {
    return (await this.#usedBy(owner)).includes(id)
  }

  async #insert(_id: string, owner: string): Promise<boolean> {
    try {
      await this.#claims.insertOne({ _id, session_id: owner })
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  }
}
