import { createHash } from 'node:crypto'
import type { KeyQuotas } from '@signalbox/contract/quota'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { HubConfig } from '../config.ts'
import { HubError } from '../hub-error.ts'
import type { Store } from '../store/store.ts'
import { RecentTable } from './recent-table.ts'

const DAY_MS = 86_400_000
const MB = 1_000_000
/** Keys whose counts are kept; who makes keys has the scope `admin`. */
const MAX_KEYS = 10_000

/** A thing that a request may be the first to name. */
export interface NewName {
  readonly kind: 'machine' | 'session' | 'collector' | 'account' | 'project'
  readonly name: string
}

/** What a request brings. */
export interface Ingested {
  readonly rows?: number
  readonly snapshots?: number
  readonly names?: readonly NewName[]
}

type Kind = keyof KeyQuotas
type Amounts = Readonly<Record<Kind, number>>

const settingOf: Readonly<Record<Kind, string>> = {
  rows: 'INGEST_ROWS_PER_DAY',
  bytes: 'INGEST_MB_PER_DAY',
  snapshots: 'SNAPSHOTS_PER_DAY',
  names: 'NEW_NAMES_PER_DAY',
}
const nounOf: Readonly<Record<Kind, string>> = {
  rows: 'calls, observations and snapshots',
  bytes: 'bytes',
  snapshots: 'snapshots',
  names: 'new machines, sessions, collectors, accounts and projects',
}

/**
 * What each key may bring in a day. A count goes down steadily, by its whole limit in 24 hours, so that a sender that was
 * refused waits for as much as it needs and not for a midnight. Each hub counts for itself, from its start.
 */
export class IngestQuotas {
  readonly #limits: Amounts
  readonly #store: Pick<Store, 'machines' | 'sessions' | 'limits'>
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #keys = new Map<string, KeyCounts>()

  constructor(quotas: HubConfig['quotas'], store: Pick<Store, 'machines' | 'sessions' | 'limits'>, clock: Pick<Clock, 'monotonic'>) {
    this.#limits = { rows: quotas.rows, bytes: quotas.megabytes * MB, snapshots: quotas.snapshots, names: quotas.names }
    this.#store = store
    this.#clock = clock
  }

  /**
   * Counts what a request brings, all or nothing. Things that exist are no new names, whatever was counted before.
   * @throws HubError `rate_limit_exceeded`, with the time after which the same request is accepted
   */
  async take(request: FastifyRequest, reply: FastifyReply, { rows = 0, snapshots = 0, names = [] }: Ingested): Promise<void> {
    const counts = this.#countsOf(request.principal?.id ?? 'without a key')
    const hashes = [...new Map(names.map((one) => [hashOf(one), one]))]
    let fresh = hashes.filter(([hash]) => !counts.names.get(hash))
    // The store is asked only where it matters: usually there is room, and no one waits for an answer.
    if (this.#missing(counts, 'names', fresh.length) > 0) {
      const known = await Promise.all(fresh.map(([, one]) => this.#exists(one)))
      for (const [index, [hash]] of fresh.entries()) if (known[index]) counts.names.set(hash, true)
      fresh = fresh.filter((_, index) => !known[index])
    }
    const amounts: Amounts = {
      rows: rows + snapshots,
      bytes: rows + snapshots === 0 ? 0 : request.bodyBytes,
      snapshots,
      names: fresh.length,
    }
    for (const kind of Object.keys(amounts) as Kind[]) {
      const missing = this.#missing(counts, kind, amounts[kind])
      if (missing > 0) throw quotaExceeded(reply, kind, this.#limits[kind], Math.ceil(((missing / this.#limits[kind]) * DAY_MS) / 1000))
    }
    for (const kind of Object.keys(amounts) as Kind[]) counts.used[kind] += amounts[kind]
    for (const [hash] of fresh) counts.names.set(hash, true)
  }

  /** What a key has brought lately, beside its limits. */
  of(keyId: string): KeyQuotas {
    const known = this.#keys.get(keyId)
    if (known !== undefined) this.#pass(known)
    const quota = (kind: Kind) => ({ used: Math.ceil(known?.used[kind] ?? 0), limit: this.#limits[kind] })
    return { rows: quota('rows'), bytes: quota('bytes'), snapshots: quota('snapshots'), names: quota('names') }
  }

  /** How much room lacks for an amount. A count that is empty has room for any request: bodies have a limit of their own. */
  #missing(counts: KeyCounts, kind: Kind, amount: number): number {
    return amount === 0 ? 0 : counts.used[kind] + Math.min(amount, this.#limits[kind]) - this.#limits[kind]
  }

  #countsOf(key: string): KeyCounts {
    let counts = this.#keys.get(key)
    if (counts === undefined) {
      counts = {
        at: this.#clock.monotonic(),
        used: { rows: 0, bytes: 0, snapshots: 0, names: 0 },
        names: new RecentTable(this.#limits.names),
      }
      const oldest = this.#keys.keys().next()
      if (this.#keys.size >= MAX_KEYS && !oldest.done) this.#keys.delete(oldest.value)
      this.#keys.set(key, counts)
    }
    this.#pass(counts)
    return counts
  }

  #pass(counts: KeyCounts): void {
    const now = this.#clock.monotonic()
    const share = (now - counts.at) / DAY_MS
    counts.at = now
    for (const kind of Object.keys(counts.used) as Kind[]) {
      counts.used[kind] = Math.max(0, counts.used[kind] - share * this.#limits[kind])
    }
  }

  async #exists({ kind, name }: NewName): Promise<boolean> {
    if (kind === 'machine') return (await this.#store.machines.find(name)) !== undefined
    if (kind === 'session') return (await this.#store.sessions.find(name)) !== undefined
    if (kind === 'collector') return (await this.#store.limits.collectors()).some(({ machine }) => machine === name)
    if (kind === 'account') return (await this.#store.limits.accounts()).some(({ account }) => account === name)
    return false
  }
}

interface KeyCounts {
  /** When the counts were last brought up to date. */
  at: number
  readonly used: Record<Kind, number>
  /** Those that were counted, or found in the store. */
  readonly names: RecentTable<true>
}

/** Callers choose names, which may be long. */
function hashOf({ kind, name }: NewName): string {
  return createHash('sha256').update(`${kind} ${name}`).digest('base64url').slice(0, 16)
}

function quotaExceeded(reply: FastifyReply, kind: Kind, limit: number, seconds: number): HubError {
  reply.header('retry-after', seconds)
  return new HubError('rate_limit_exceeded', `The key has brought its ${limit} ${nounOf[kind]} of 24 hours`, {
    suggestion: `Wait ${seconds} s: the same request is accepted then. If it is no mistake, raise ${settingOf[kind]} at the hub, or use one key for each machine.`,
    details: { quota: kind, limit, setting: settingOf[kind], retry_after_seconds: seconds },
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The size of the body, decompressed. */
    bodyBytes: number
  }
}
