import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { HubEvent } from '@signalbox/contract/event'
import type { Facts } from '../facts.ts'
import type { RuleKind, Severity, Subject, Verdict } from './rule-kind.ts'

/** A subject with what the rule says of it. */
export interface Judged {
  readonly subject: Subject
  readonly verdict: Verdict
}

interface ListedKind<P extends object> {
  readonly kind: AlertRuleKind
  readonly severity: Severity
  readonly touchesAll?: (event: HubEvent) => boolean
  /** All subjects with their verdicts. */
  list(facts: Facts, parameters: P, now: number): Promise<readonly Judged[]>
  /** What is true of a subject that is not listed, but has an alert: by default it is gone. */
  absent?(subject: Subject, facts: Facts, parameters: P, now: number): Promise<Verdict>
}

/** A kind with few subjects, which are all judged together: once for each judgement and rule. */
export function listedKind<P extends object>({ kind, severity, touchesAll, list, absent }: ListedKind<P>): RuleKind<P, Facts> {
  const lists = new WeakMap<Facts, WeakMap<P, Promise<ReadonlyMap<string, Judged>>>>()
  const listOnce = (facts: Facts, parameters: P, now: number): Promise<ReadonlyMap<string, Judged>> => {
    const ofFacts = lists.get(facts) ?? new WeakMap<P, Promise<ReadonlyMap<string, Judged>>>()
    lists.set(facts, ofFacts)
    let listed = ofFacts.get(parameters)
    if (listed === undefined) {
      listed = list(facts, parameters, now).then((all) => new Map(all.map((one) => [one.subject.key, one])))
      ofFacts.set(parameters, listed)
    }
    return listed
  }
  return {
    kind,
    severity,
    touched: () => [],
    ...(touchesAll === undefined ? {} : { touchesAll }),
    async subjects(facts, parameters, now) {
      return [...(await listOnce(facts, parameters, now)).values()].map(({ subject }) => subject)
    },
    async judge(subject, facts, parameters, now) {
      const listed = (await listOnce(facts, parameters, now)).get(subject.key)
      if (listed !== undefined) return listed.verdict
      return absent === undefined ? { verdict: 'gone' } : absent(subject, facts, parameters, now)
    },
  }
}
