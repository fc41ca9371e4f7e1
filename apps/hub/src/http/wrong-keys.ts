import type { Clock } from '../clock.ts'
import { GrowingDelay } from './growing-delay.ts'
import { hashOf } from './key-text.ts'

/** How often one wrong key is answered 401 before it has to wait: a script with a dead key tries at every turn. */
const FREE_REPEATS = 20
/** How many different wrong keys of one network cost nothing: people mistype, and several scripts may have dead keys. */
const FREE_KEYS = 10
const MAX_NETWORKS = 10_000
/** Wrong keys of one network that are remembered; the oldest is forgotten first. */
const MAX_KEYS = 32
const FORGET_AFTER_MS = 60 * 60_000

/**
 * Slows those who present wrong keys: each wrong key by itself, and each network by how many different ones it has tried.
 * A script that repeats a dead key slows no one else. Keys that are found are never asked about here.
 */
export class WrongKeys {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #byKey: GrowingDelay
  readonly #byNetwork: GrowingDelay
  /** The wrong keys of each network, as pieces of their hashes. */
  readonly #tried = new Map<string, { readonly keys: Set<string>; at: number }>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
    this.#byKey = new GrowingDelay(clock, FREE_REPEATS)
    this.#byNetwork = new GrowingDelay(clock, FREE_KEYS)
  }

  /** Whether any key was ever refused: a cheap test. */
  get any(): boolean {
    return this.#tried.size > 0
  }

  /** Whether a network has tried so many different keys that it has to wait. */
  isSlowed(network: string): boolean {
    return this.#byNetwork.waitOf(network) > 0
  }

  /** Counts a wrong key. @returns milliseconds until the next attempt; 0 while it costs nothing */
  attempt(text: string, network: string): number {
    const now = this.#clock.monotonic()
    const key = hashOf(text).toString('base64', 0, 9)
    let tried = this.#tried.get(network)
    if (tried !== undefined && now >= tried.at + FORGET_AFTER_MS) tried = undefined
    tried ??= { keys: new Set(), at: now }
    if (tried.keys.has(key)) {
      tried.at = now
      return this.#byKey.attempt(key)
    }
    const wait = this.#byNetwork.attempt(network)
    if (wait > 0) return wait
    tried.at = now
    if (tried.keys.size >= MAX_KEYS) tried.keys.delete(tried.keys.values().next().value!)
    tried.keys.add(key)
    this.#tried.delete(network)
    if (this.#tried.size >= MAX_NETWORKS) this.#tried.delete(this.#tried.keys().next().value!)
    this.#tried.set(network, tried)
    return this.#byKey.attempt(key)
  }
}
