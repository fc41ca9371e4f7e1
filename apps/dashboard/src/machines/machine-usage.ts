import type { UsageReport, UsageSums } from '../hub/answer.ts'
import { useUsage } from '../hub/usage.ts'

export interface MachineUsage {
  /** Undefined until it is known; without a call there are no sums. */
  readonly today: UsageSums | undefined
  readonly month: UsageSums | undefined
  readonly known: boolean
}

/** What the machines have used today and in the month to date. */
export function useMachineUsage(today: string, zone: string): (machineId: string) => MachineUsage {
  const ofToday = useUsage({ group: 'machine', since: today, timezone: zone }).data
  const ofMonth = useUsage({ group: 'machine', since: `${today.slice(0, 7)}-01`, timezone: zone }).data
  return (id) => ({ today: sumsOf(ofToday, id), month: sumsOf(ofMonth, id), known: ofToday !== undefined && ofMonth !== undefined })
}

function sumsOf(report: UsageReport | undefined, machineId: string): UsageSums | undefined {
  return report?.rows.find(({ machine }) => machine === machineId)
}
