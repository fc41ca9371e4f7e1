import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'

const MAX_LINKS = 1000

interface LinkedKey {
  readonly id: string
  readonly name: string
}

interface SignInLink {
  /** The key that signs in; undefined while the hub needs none. */
  readonly key: LinkedKey | undefined
  readonly endsAt: number
}

/** Links that sign a browser in, once. Kept in memory: each is for the hub that made it, and ends after minutes. */
export class SignInLinks {
  readonly #clock: Pick<Clock, 'monotonic'>
  /** By the hash of the token. */
  readonly #links = new Map<string, SignInLink>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** @returns the token of the link */
  create(key: LinkedKey | undefined, ttlMs: number): string {
    const now = this.#clock.monotonic()
    for (const [hash, { endsAt }] of this.#links) if (endsAt <= now || this.#links.size >= MAX_LINKS) this.#links.delete(hash)
    const token = randomBytes(32).toString('base64url')
    this.#links.set(hashOf(token), { key, endsAt: now + ttlMs })
    return token
  }

  /** @returns the link, which is used up then; undefined when there is none */
  take(token: string): SignInLink | undefined {
    const hash = hashOf(token)
    const link = this.#links.get(hash)
    this.#links.delete(hash)
    return link !== undefined && link.endsAt > this.#clock.monotonic() ? link : undefined
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
