import { createHash } from 'node:crypto'
import type { EventType } from '@signalbox/contract/event'
import { createPersonMap, type MachineUser, type PersonMap } from '@signalbox/usage/person-map'
import type { Clock } from '../clock.ts'
import type { EventStore } from '../store/event.ts'
import type { LimitStore } from '../store/limits.ts'

/** Events after which they may be others. */
const changesPersons: ReadonlySet<EventType> = new Set(['limits.snapshot', 'limits.account', 'machine.removed', 'data.deleted'])
/** So long what was read is used without such an event. */
const TTL_MS = 60_000

export interface KnownPersons {
  readonly map: PersonMap
  /** Differs where a report may. */
  readonly revision: string
}

/** Whose calls are those of each machine: snapshots of the plan limits say which account a machine had, and people name accounts. */
export class Persons {
  readonly #store: Pick<LimitStore, 'accounts' | 'heads'>
  readonly #clock: Clock
  #known: { readonly persons: Promise<KnownPersons>; readonly until: number } | undefined

  constructor(store: Pick<LimitStore, 'accounts' | 'heads'>, events: Pick<EventStore, 'listen'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
    events.listen((published) => {
      if (published.some(({ event }) => changesPersons.has(event))) this.#known = undefined
    })
  }

  read(): Promise<KnownPersons> {
    const now = this.#clock.monotonic()
    if (this.#known !== undefined && now < this.#known.until) return this.#known.persons
    const known = { persons: this.#load(), until: now + TTL_MS }
    this.#known = known
    known.persons.catch(() => {
      if (this.#known === known) this.#known = undefined
    })
    return known.persons
  }

  async #load(): Promise<KnownPersons> {
    const accounts = await this.#store.accounts()
    const named = accounts.filter(({ account }) => account !== '')
    // While snapshots name one account only, those without an account belong to it too.
    const names = new Map(named.map(({ account, name }) => [account, name ?? account]))
    if (named.length === 1) names.set('', names.get(named[0]!.account)!)
    const last = new Map<string, MachineUser>()
    for (const { account, at, body } of await this.#store.heads([...names.keys()])) {
      const person = names.get(account)
      const machine = body.machine_id
      if (person === undefined || machine === undefined) continue
      const key = JSON.stringify([machine, person])
      if ((last.get(key)?.until ?? Number.NEGATIVE_INFINITY) < at) last.set(key, { machine, person, until: at })
    }
    const users = [...last.values()]
    return { map: createPersonMap(users), revision: revisionOf(users) }
  }
}

/** When the last account of a machine was seen makes no difference: every snapshot moves it. */
function revisionOf(users: readonly MachineUser[]): string {
  const lines: string[] = []
  for (const own of Map.groupBy(users, ({ machine }) => machine).values()) {
    const sorted = own.sort((a, b) => a.until - b.until || (a.person < b.person ? -1 : 1))
    sorted.forEach(({ machine, person, until }, nth) => {
      lines.push(JSON.stringify([machine, person, nth === sorted.length - 1 ? null : until]))
    })
  }
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 8)
}
