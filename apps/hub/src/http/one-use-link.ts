import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'

/** Used links that are remembered; beyond it the oldest are forgotten, and what they do must still be done only once. */
const MAX_USED = 10_000
/** Longer texts are refused before they are looked at. */
const MAX_TOKEN_LENGTH = 2_000

/** What a link stands for: names and ids, never what is asked or said. */
export type LinkClaims = Readonly<Record<string, string>>

export interface OneUseLink {
  readonly claims: LinkClaims
  /** Names the link without giving it away: where a store remembers which links were used. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly endsAt: number
}

/**
 * Signs the links that stand in messages and let those who have them do one thing, once. A link survives a restart and is good at
 * every hub of a store, because all it says is in it. Following it (GET) uses nothing up, since programs follow links too: a
 * page asks once more. Which links were used is known to this process alone, so what they do needs a compare-and-set besides.
 */
export class OneUseLinks {
  readonly #key: Buffer
  readonly #clock: Pick<Clock, 'now'>
  /** The signature of each used link, with its end. */
  readonly #used = new Map<string, number>()

  /**
   * @param secret of the store
   * @param purpose such as `answer a question`: a link for one purpose is none for another
   */
  constructor(secret: string, purpose: string, clock: Pick<Clock, 'now'>) {
    this.#key = createHmac('sha256', secret).update(`one-use link: ${purpose}`).digest()
    this.#clock = clock
  }

  /** @returns the token, which needs no escaping in a URL */
  create(claims: LinkClaims, ttlMs: number): string {
    const body = Buffer.from(JSON.stringify([randomBytes(9).toString('base64url'), this.#clock.now() + ttlMs, claims])).toString(
      'base64url',
    )
    return `${body}.${this.#sign(body)}`
  }

  /** Reads a link without using it up. @returns undefined when it is none, has ended or was used */
  read(token: string): OneUseLink | undefined {
    if (token.length > MAX_TOKEN_LENGTH) return undefined
    const [body = '', signature = ''] = token.split('.')
    const [given, wanted] = [Buffer.from(signature), Buffer.from(this.#sign(body))]
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted) || this.#used.has(signature)) return undefined
    const [, endsAt, claims] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, number, LinkClaims]
    return endsAt > this.#clock.now()
      ? { claims, endsAt, id: createHash('sha256').update(signature).digest('hex').slice(0, 16) }
      : undefined
  }

  /** Reads a link and uses it up. @returns undefined when it is none, has ended or was used */
  take(token: string): OneUseLink | undefined {
    const link = this.read(token)
    if (link === undefined) return undefined
    const now = this.#clock.now()
    for (const [signature, endsAt] of this.#used) if (endsAt <= now || this.#used.size >= MAX_USED) this.#used.delete(signature)
    this.#used.set(token.slice(token.indexOf('.') + 1), link.endsAt)
    return link
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#key).update(body).digest('base64url')
  }
}
