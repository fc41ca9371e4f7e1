import type { Key } from '@signalbox/contract/key'
import type { MachineRecord } from '../../state/machine-record.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { CopiedCollector, CopiedPlan, CopiedResult } from './portion.ts'
import { became, hasOwnSecret, type Tally } from './tally.ts'

// Each function merges an offered row with the known one. It returns the row to write, or undefined when the known one
// stays; offering the same row again after the write returns undefined.

export function newerMachine(known: MachineRecord | undefined, offered: MachineRecord): MachineRecord | undefined {
  return known === undefined || offered.revision > known.revision ? offered : undefined
}

export function newerTask(known: TaskRecord | undefined, offered: TaskRecord): TaskRecord | undefined {
  return known === undefined || offered.revision > known.revision ? offered : undefined
}

/** A session that was loaded without its slot, because another session held it, is offered the slot again. */
export function newerSession(known: SessionRecord | undefined, offered: SessionRecord): SessionRecord | undefined {
  if (known === undefined || offered.revision > known.revision) return offered
  if (known.docker_slot !== null || offered.docker_slot === null) return undefined
  const names = Object.keys(offered) as (keyof SessionRecord)[]
  return names.every((name) => name === 'docker_slot' || known[name] === offered[name]) ? offered : undefined
}

/** A session whose slot another session holds; undefined when it already waits for the slot. */
export function withoutSlot(known: SessionRecord | undefined, offered: SessionRecord): SessionRecord | undefined {
  return known?.revision === offered.revision ? undefined : { ...offered, docker_slot: null }
}

/** Revocation is final: a key that is revoked in either store is revoked, whichever row is newer. */
export function newerKey(known: Key | undefined, offered: Key): Key | undefined {
  if (known === undefined) return offered
  const [newer, other] = offered.revision > known.revision ? [offered, known] : [known, offered]
  if (newer.revoked_at === undefined && other.revoked_at !== undefined) {
    return { ...newer, revoked_at: other.revoked_at, revision: newer.revision + 1 }
  }
  return newer === known ? undefined : offered
}

/** The instants of a key in milliseconds; undefined where it has none. */
export function keyInstants({ created_at, last_used_at, expires_at, revoked_at }: Key) {
  const instant = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text))
  return {
    created_at: Date.parse(created_at),
    last_used_at: instant(last_used_at),
    expires_at: instant(expires_at),
    revoked_at: instant(revoked_at),
  }
}

/** An idempotency key may be used for another request a day later. */
export function newerResult(known: Pick<CopiedResult, 'made_at'> | undefined, offered: CopiedResult): CopiedResult | undefined {
  return known === undefined || offered.made_at > known.made_at ? offered : undefined
}

/** The latest account, the latest health and the latest contact, each by its own instant. */
export function newerCollector(known: CopiedCollector | undefined, offered: CopiedCollector): CopiedCollector | undefined {
  if (known === undefined) return offered
  const account = later(offered.accountAt, known.accountAt) ? offered : known
  const health = later(offered.healthAt, known.healthAt) ? offered : known
  if (account === known && health === known && offered.seenAt <= known.seenAt) return undefined
  return {
    machine: known.machine,
    account: account.account,
    accountAt: account.accountAt,
    health: health.health,
    healthAt: health.healthAt,
    seenAt: Math.max(known.seenAt, offered.seenAt),
  }
}

/** The larger count, the later cleanup, the newer names of windows, the name given last. */
export function newerPlan(known: CopiedPlan | undefined, offered: CopiedPlan): CopiedPlan | undefined {
  if (known === undefined) return offered
  const fresh = offered.windows.filter((window) => later(window.at, known.windows.find(({ key }) => key === window.key)?.at))
  const named = later(offered.namedAt, known.namedAt) ? offered : known
  const isEarlier = offered.firstAt !== undefined && offered.firstAt < (known.firstAt ?? Number.POSITIVE_INFINITY)
  if (offered.created <= known.created && !later(offered.cleanedAt, known.cleanedAt) && fresh.length === 0 && named === known && !isEarlier)
    return undefined
  return {
    account: known.account,
    name: named.name,
    namedAt: named.namedAt,
    firstAt: isEarlier ? offered.firstAt : known.firstAt,
    created: Math.max(known.created, offered.created),
    cleanedAt: later(offered.cleanedAt, known.cleanedAt) ? offered.cleanedAt : known.cleanedAt,
    windows: [...known.windows.filter(({ key }) => !fresh.some((window) => window.key === key)), ...fresh],
  }
}

function later(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && a > (b ?? Number.NEGATIVE_INFINITY)
}

/** The offered secret replaces a known one only while the store has no keys: its cookies would become invalid. */
export function newerSecret(known: string | undefined, offered: string, hasKeys: boolean, tally: Tally): string | undefined {
  const next = known === undefined || (known !== offered && !hasKeys) ? offered : undefined
  if (next === undefined && known !== offered) tally.skip('secret', hasOwnSecret, 'the cookie secret')
  else tally.count('secret', became(known, next))
  return next
}

/** Merges the tasks of one session. @returns all of them, in the order of their creation; undefined when the known ones stay */
export function mergedTasks(known: readonly TaskRecord[], offered: readonly TaskRecord[], tally: Tally): TaskRecord[] | undefined {
  const tasks = new Map(known.map((task) => [task.task_id, task]))
  let changed = false
  for (const task of offered) {
    const before = tasks.get(task.task_id)
    const after = newerTask(before, task)
    tally.count('tasks', became(before, after))
    if (after === undefined) continue
    tasks.set(task.task_id, after)
    changed = true
  }
  return changed ? [...tasks.values()].sort((a, b) => a.created_at - b.created_at) : undefined
}
