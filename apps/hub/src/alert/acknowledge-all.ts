import type { AcknowledgeAlerts } from '@signalbox/contract/alert'
import type { AlertRecord, AlertRuleRecord, AlertStore } from '../store/alert.ts'
import { acknowledged } from './alert-action.ts'

/** Alerts that are written together: other requests are answered in between. */
const ALERTS_PER_WRITE = 200
/** Each further round has those that others changed meanwhile. */
const MAX_ROUNDS = 5

/** Acknowledges all open alerts that are meant. @returns how many it has acknowledged */
export async function acknowledgeAll(
  store: AlertStore,
  wanted: AcknowledgeAlerts,
  by: { readonly at: number; readonly by?: string | undefined },
  goneRule: (alert: AlertRecord) => AlertRuleRecord,
): Promise<number> {
  const rules = new Map((await store.rules()).map((rule) => [rule.rule_id, rule]))
  const ids = wanted.alert_ids && new Set(wanted.alert_ids)
  const isMeant = ({ alert_id, state, kind, severity, acknowledged: known }: AlertRecord) =>
    (state === 'open' || state === 'clearing') &&
    known === undefined &&
    (ids === undefined || ids.has(alert_id)) &&
    (wanted.kind === undefined || wanted.kind.includes(kind)) &&
    (wanted.severity === undefined || wanted.severity.includes(severity))
  let count = 0
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const meant = (await store.open()).filter(isMeant)
    if (meant.length === 0) break
    for (let at = 0; at < meant.length; at += ALERTS_PER_WRITE) {
      const writes = meant
        .slice(at, at + ALERTS_PER_WRITE)
        .flatMap((alert) => acknowledged(alert, rules.get(alert.rule_id) ?? goneRule(alert), by, wanted.note) ?? [])
      const done = await store.write(
        writes.map(({ alert, events }) => ({ alert, events })),
        { now: by.at },
      )
      count += done.filter(Boolean).length
    }
  }
  return count
}
