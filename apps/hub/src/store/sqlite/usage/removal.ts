import { TELEMETRY } from '@signalbox/usage/call'
import { deletionOf } from '../../deletion.ts'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { CallSelection, UsageStore } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import { addDeletion } from '../deletion.ts'
import type { Names } from '../name.ts'
import type { Transaction, Writer } from '../writer.ts'
import { AT, type CallRow, callColumns, PLACE, SESSION } from './call-row.ts'
import { CallTable } from './call-table.ts'
import { ReportedCalls } from './reported-calls.ts'
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
  const reported = new ReportedCalls(connection)
  const nameOf = (selection: CallSelection) => names.find('machine' in selection ? selection.machine : selection.project)
  const placesOf = (selection: CallSelection) =>
    `place IN (SELECT place_id FROM place WHERE ${'machine' in selection ? 'machine' : 'project'} = ?)`

  /** Writes what has changed, and publishes it by the machines that the calls had. */
  const finish = (rollUp: RollUp, calls: readonly CallRow[], publish: Transaction['publish']) => {
    rollUp.write(connection, names, cuts)
    connection.prepare('UPDATE usage_state SET revision = revision + 1').run()
    for (const [machine, ofMachine] of Map.groupBy(calls, (call) => names.place(call[1 + PLACE] as number)[0])) {
      const ats = ofMachine.map((call) => call[1 + AT] as number)
      const [since, until] = [ats.reduce((a, b) => Math.min(a, b)), ats.reduce((a, b) => Math.max(a, b))]
      publishChange(publish, names.textOf(machine) ?? '', { since, until })
    }
  }

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
        const taken: CallRow[] = []
        for (const [session, place] of pairs) {
          const calls = connection
            .rows(`SELECT call_id, ${callColumns.join(', ')} FROM call WHERE session = ? AND place = ?`)
            .all(session, place) as CallRow[]
          for (const call of calls) take(call, rollUp)
          taken.push(...calls)
          if (performance.now() > until) break
        }
        if (taken.length > 0) finish(rollUp, taken, publish)
        return taken.length
      })
      if (rows === 0) return taken
      taken += rows
    }
  }

  const remove = ([id, ...values]: CallRow, rollUp: RollUp) => {
    reported.removeOf(id)
    connection.prepare('DELETE FROM call WHERE call_id = ?').run(id)
    rollUp.remove(values)
  }

  /**
   * After calls of these sessions were removed: removes those that only telemetry knows, which have no project, where no others are
   * left, and lets what was recorded and estimated for the sessions count again.
   */
  const removeOrphans = async (sessions: readonly number[], now: number): Promise<number> => {
    const isTelemetry = `kind IN (SELECT kind_id FROM kind WHERE source = (SELECT name_id FROM name WHERE text = '${TELEMETRY}'))`
    let removed = 0
    for (let from = 0; from < sessions.length; from += PAIRS) {
      removed += await writer.write({ now }, ({ publish }) => {
        const some = sessions.slice(from, from + PAIRS)
        const orphans = some.flatMap((session) => {
          const others = connection.prepare(`SELECT 1 FROM call WHERE session = ? AND NOT ${isTelemetry} LIMIT 1`).get(session)
          const sql = `SELECT call_id, ${callColumns.join(', ')} FROM call WHERE session = ? AND ${isTelemetry}`
          return others === undefined ? (connection.rows(sql).all(session) as CallRow[]) : []
        })
        const rollUp = new RollUp(cuts.thresholds)
        for (const call of orphans) remove(call, rollUp)
        new CallTable(connection, names, '', rollUp).settleRecords(some)
        finish(rollUp, orphans, publish)
        return orphans.length
      })
    }
    return removed
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
      const sessions = new Set<number>()
      const removed = await takeAll(selection, now, (call, rollUp) => {
        sessions.add(call[1 + SESSION] as number)
        remove(call, rollUp)
      })
      return removed + (await removeOrphans([...sessions], now))
    },
    async moveCalls(from, to, { now }) {
      const update = connection.prepare('UPDATE call SET place = ? WHERE call_id = ?')
      return takeAll({ machine: from }, now, ([id, ...values], rollUp) => {
        const placeAtTarget = (before: number) => {
          const [machine, project, branch] = names.place(before)
          return names.textOf(machine) === from ? names.placeOf(names.idOf(to), project, branch) : before
        }
        const place = placeAtTarget(values[PLACE])
        reported.moveOf(id, placeAtTarget)
        update.run(place, id)
        const moved: typeof values = [...values]
        moved[PLACE] = place
        rollUp.replace(values, moved)
      })
    },
  }
}

function publishChange(publish: Transaction['publish'], machine_id: string, { since, until }: { since: number; until: number }): void {
  const [first, last] = [new Date(since).toISOString(), new Date(until).toISOString()]
  publish({ event: 'usage.updated', data: { machine_id, accepted: 0, improved: 0, since: first, until: last } })
}
