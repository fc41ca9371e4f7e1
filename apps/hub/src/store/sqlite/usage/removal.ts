import { deletionOf } from '../../deletion.ts'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { CallSelection, UsageStore } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import { addDeletion } from '../deletion.ts'
import type { Names } from '../name.ts'
import type { Transaction, Writer } from '../writer.ts'
import { type CallRow, callColumns, rolled } from './ingest.ts'
import { RollUp } from './roll-up.ts'

/** The time for which one commit removes or moves calls; other requests wait for it. */
const MAX_COMMIT_MS = 30
/** Sessions and places that are looked for at once. */
const PAIRS = 200

/** Deletes calls, and moves them to another machine, in commits that others can pass between. */
export function callRemoval(
  connection: Connection,
  writer: Writer,
  names: Names,
  cuts: PriceCuts,
): Pick<UsageStore, 'countCalls' | 'deleteCalls' | 'moveCalls'> {
  const nameOf = (selection: CallSelection) => names.find('machine' in selection ? selection.machine : selection.project)
  const placesOf = (selection: CallSelection) =>
    `place IN (SELECT place_id FROM place WHERE ${'machine' in selection ? 'machine' : 'project'} = ?)`

  /** Takes the matching calls, session by session. @param take is given a call and its slice */
  const takeAll = async (selection: CallSelection, now: number, take: (row: CallRow, rollUp: RollUp) => void): Promise<number> => {
    let taken = 0
    for (;;) {
      const rows = await writer.write({ now }, ({ publish }) => {
        const name = nameOf(selection)
        if (name === undefined) return 0
        const until = performance.now() + MAX_COMMIT_MS
        const pairs = connection
          .rows(`SELECT DISTINCT session, place FROM slice WHERE ${placesOf(selection)} LIMIT ${PAIRS}`)
          .all(name) as [number, number][]
        const rollUp = new RollUp(cuts.thresholds)
        const ends = new Map<number, { since: number; until: number }>()
        let count = 0
        for (const [session, place] of pairs) {
          const calls = connection
            .rows(`SELECT call_id, ${callColumns} FROM call WHERE session = ? AND place = ?`)
            .all(session, place) as CallRow[]
          const [machine] = names.place(place)
          const end = ends.get(machine) ?? { since: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY }
          for (const call of calls) {
            take(call, rollUp)
            end.since = Math.min(end.since, call[1])
            end.until = Math.max(end.until, call[1])
          }
          ends.set(machine, end)
          count += calls.length
          if (performance.now() > until) break
        }
        if (count === 0) return 0
        rollUp.write(connection, names, cuts)
        connection.prepare('UPDATE usage_state SET revision = revision + 1').run()
        for (const [machine, end] of ends) publishChange(publish, names.textOf(machine) ?? '', end)
        return count
      })
      if (rows === 0) return taken
      taken += rows
    }
  }

  return {
    async countCalls(selection) {
      return connection.read(() => {
        const name = nameOf(selection)
        if (name === undefined) return 0
        return connection
          .prepare(`SELECT coalesce(sum(calls), 0) FROM slice WHERE ${placesOf(selection)}`)
          .pluck()
          .get(name) as number
      })
    },
    async deleteCalls(selection, { now }) {
      // First, so that a collector that sends them meanwhile is refused.
      await writer.write({ now }, () => addDeletion(connection, deletionOf(selection, now)))
      const remove = connection.prepare('DELETE FROM call WHERE call_id = ?')
      return takeAll(selection, now, ([id, ...values], rollUp) => {
        remove.run(id)
        rollUp.remove(rolled(values))
      })
    },
    async moveCalls(from, to, { now }) {
      const update = connection.prepare('UPDATE call SET place = ? WHERE call_id = ?')
      return takeAll({ machine: from }, now, ([id, ...values], rollUp) => {
        const [, project, branch] = names.place(values[2])
        const place = names.placeOf(names.idOf(to), project, branch)
        update.run(place, id)
        const moved: typeof values = [...values]
        moved[2] = place
        rollUp.replace(rolled(values), rolled(moved))
      })
    },
  }
}

function publishChange(publish: Transaction['publish'], machine_id: string, { since, until }: { since: number; until: number }): void {
  if (since > until) return
  const [first, last] = [new Date(since).toISOString(), new Date(until).toISOString()]
  publish({ event: 'usage.updated', data: { machine_id, accepted: 0, improved: 0, since: first, until: last } })
}
