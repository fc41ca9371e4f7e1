import type { AlertAbout } from '@signalbox/contract/alert'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { AlertRecord } from '../store/alert.ts'

/** An open alert of the first kind explains alerts of the others: of the same machine, or all of them. */
const explanations: Readonly<Partial<Record<AlertRuleKind, { readonly kinds: readonly AlertRuleKind[]; readonly of: 'machine' | 'all' }>>> =
  {
    machine_offline: { kinds: ['session_stalled', 'collector_silent'], of: 'machine' },
    needs_login: { kinds: ['snapshot_stale'], of: 'machine' },
    hub_paused: { kinds: ['session_stalled', 'machine_offline', 'collector_silent', 'snapshot_stale'], of: 'all' },
    hub_unhealthy: { kinds: ['session_stalled', 'machine_offline', 'collector_silent', 'snapshot_stale'], of: 'all' },
  }

/** The kinds of alerts that can explain others. */
export const explainingKinds = Object.keys(explanations) as AlertRuleKind[]

/** The kinds of alerts that others may explain. */
export const explainedKinds: ReadonlySet<AlertRuleKind> = new Set(Object.values(explanations).flatMap(({ kinds }) => kinds))

type Explaining = Pick<AlertRecord, 'kind' | 'about' | 'state'>

/** Whether one of these alerts is open and explains an alert. */
export function isExplained(kind: AlertRuleKind, about: AlertAbout, others: readonly Explaining[]): boolean {
  return others.some((other) => {
    const explanation = explanations[other.kind]
    if (explanation === undefined || !explanation.kinds.includes(kind) || (other.state !== 'open' && other.state !== 'clearing'))
      return false
    // What has no machine, such as an account, may be of that one.
    return explanation.of === 'all' || about.machine_id === undefined || about.machine_id === other.about.machine_id
  })
}
