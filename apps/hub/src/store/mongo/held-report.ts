import { HELD_REPORT_TTL_MS, type HeldReport, type HeldReports, type MachineHeld } from '../held-report.ts'
import type { Connection } from './connection.ts'
import { textId } from './text-id.ts'

interface HeldDocument {
  _id: string
  machine_id: string
  at: number
  /** JSON: an id may contain anything. */
  held: string
}

/** One document for each machine that holds sessions: a collector may report to another hub each time. */
export function heldReports(connection: Connection): HeldReports {
  const reports = connection.collection<HeldDocument>('held_report')
  return {
    report: ({ machine_id, held, at }) =>
      connection.write(async () => {
        const _id = textId(machine_id)
        const change = { $set: { machine_id, at, held: JSON.stringify(held) } }
        const before =
          held.length === 0
            ? await reports.findOneAndDelete({ _id })
            : await reports.findOneAndUpdate({ _id }, change, { upsert: true, returnDocument: 'before' })
        return before === null ? undefined : reportOf(before)
      }),
    list: () => connection.read(async () => (await reports.find().toArray()).map(reportOf)),
  }
}

/** Removes the reports of machines that report no more. @returns how many */
export async function sweepHeldReports(connection: Connection, now: number): Promise<number> {
  const reports = connection.collection<HeldDocument>('held_report')
  return (await reports.deleteMany({ at: { $lt: now - HELD_REPORT_TTL_MS } })).deletedCount
}

function reportOf({ machine_id, at, held }: HeldDocument): MachineHeld {
  return { machine_id, at, held: JSON.parse(held) as HeldReport[] }
}
