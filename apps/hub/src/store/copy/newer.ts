import type { Key } from '@signalbox/contract/key'
import type { MachineRecord } from '../../state/machine.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { KeptAnswer, KeptCollector, KeptPlan } from './portion.ts'
import { became, type Tally } from './tally.ts'

// What becomes of a row that is offered, beside the one that is known. Each gives the row to write, or undefined when
// the known one stays; offered again, the row that was written stays.

export function newerMachine(known: MachineRecord | undefined, offered: MachineRecord): MachineRecord | undefined {
  return known === undefined || offered.revision > known.revision ? offered : undefined
}

export function newerTask(known: TaskRecord | undefined, offered: TaskRecord): TaskRecord | undefined {
  return known === undefined || offered.revision > known.revision ? offered : undefined
}

/** One that came without its slot, because another session had it, is offered the slot again. */
export function newerSession(known: SessionRecord | undefined, offered: SessionRecord): SessionRecord | undefined {
  if (known === undefined || offered.revision > known.revision) return offered
  if (known.docker_slot !== null || offered.docker_slot === null) return undefined
  const names = Object.keys(offered) as (keyof SessionRecord)[]
  return names.every((name) => name === 'docker_slot' || known[name] === offered[name]) ? offered : undefined
}

/** Whoever is newer, a key that was refused anywhere is refused: it was to be so for ever. */
export function newerKey(known: Key | undefined, offered: Key): Key | undefined {
  if (known === undefined) return offered
  const [newer, other] = offered.revision > known.revision ? [offered, known] : [known, offered]
  if (newer.revoked_at === undefined && other.revoked_at !== undefined) {
    return { ...newer, revoked_at: other.revoked_at, revision: newer.revision + 1 }
  }
  return newer === known ? undefined : offered
}

/** The same key may be used for another request a day later. */
export function newerAnswer(known: Pick<KeptAnswer, 'made_at'> | undefined, offered: KeptAnswer): KeptAnswer | undefined {
  return known === undefined || offered.made_at > known.made_at ? offered : undefined
}

/** Each thing it said, as it said it last. */
export function newerCollector(known: KeptCollector | undefined, offered: KeptCollector): KeptCollector | undefined {
  if (known === undefined) return offered
  const names = later(offered.accountAt, known.accountAt) ? offered : known
  const speaks = later(offered.healthAt, known.healthAt) ? offered : known
  if (names === known && speaks === known && offered.seenAt <= known.seenAt) return undefined
  return {
    machine: known.machine,
    account: names.account,
    accountAt: names.accountAt,
    health: speaks.health,
    healthAt: speaks.healthAt,
    seenAt: Math.max(known.seenAt, offered.seenAt),
  }
}

/** The larger count, the later moment, the newer names. */
export function newerPlan(known: KeptPlan | undefined, offered: KeptPlan): KeptPlan | undefined {
  if (known === undefined) return offered
  const fresh = offered.windows.filter((window) => later(window.at, known.windows.find(({ key }) => key === window.key)?.at))
  if (offered.created <= known.created && !later(offered.cleanedAt, known.cleanedAt) && fresh.length === 0) return undefined
  return {
    account: known.account,
    created: Math.max(known.created, offered.created),
    cleanedAt: later(offered.cleanedAt, known.cleanedAt) ? offered.cleanedAt : known.cleanedAt,
    windows: [...known.windows.filter(({ key }) => !fresh.some((window) => window.key === key)), ...fresh],
  }
}

function later(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && a > (b ?? Number.NEGATIVE_INFINITY)
}

/** While there are no keys, no browser but one that came in by a key of the environment has signed in with a secret. */
export function newerSecret(known: string | undefined, offered: string, hasKeys: boolean): string | undefined {
  return known === undefined || (known !== offered && !hasKeys) ? offered : undefined
}

/** The tasks of one session from two stores. @returns undefined when the known ones stay; all of them, as they were made */
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
