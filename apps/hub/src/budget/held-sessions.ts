import type { HeldSession } from '@signalbox/contract/budget'
import { instantOf } from '../clock.ts'
import { HELD_REPORT_TTL_MS, type HeldReport, type HeldReports, type MachineHeld } from '../store/held-report.ts'

const MAX_MACHINES = 10_000

/** The sessions that collectors hold now, as they report them. */
export class HeldSessions {
  readonly #reports: HeldReports

  /** @param shared what all hubs of a store know; a hub that has its store for itself keeps it in memory */
  constructor(shared: HeldReports | undefined) {
    this.#reports = shared ?? inMemory()
  }

  /** @returns the budgets of which it is other sessions than before */
  async report(machine_id: string, held: readonly HeldReport[], now: number): Promise<string[]> {
    const before = await this.#reports.report({ machine_id, held, at: now })
    const known = before === undefined || !isFresh(before, now) ? [] : before.held
    const ids = [...new Set([...known, ...held].map(({ budget_id }) => budget_id))]
    const sessionsOf = (reports: readonly HeldReport[], id: string) => JSON.stringify(reports.filter(({ budget_id }) => budget_id === id))
    return ids.filter((id) => sessionsOf(known, id) !== sessionsOf(held, id))
  }

  /** @returns those of a budget */
  async read(now: number): Promise<(budget: string) => HeldSession[]> {
    const reports = (await this.#reports.list()).filter((report) => isFresh(report, now))
    return (budget) =>
      reports.flatMap(({ machine_id, held }) =>
        held
          .filter(({ budget_id }) => budget_id === budget)
          .map(({ session_id, held_at }) => ({ session_id, machine_id, held_at: instantOf(held_at) })),
      )
  }
}

function isFresh({ at }: MachineHeld, now: number): boolean {
  return now - at <= HELD_REPORT_TTL_MS
}

/** After a restart collectors say again what they hold. */
function inMemory(): HeldReports {
  const reports = new Map<string, MachineHeld>()
  return {
    async report(report) {
      const before = reports.get(report.machine_id)
      if (report.held.length === 0) reports.delete(report.machine_id)
      else if (before !== undefined || reports.size < MAX_MACHINES) reports.set(report.machine_id, report)
      return before
    },
    list: async () => [...reports.values()],
  }
}
