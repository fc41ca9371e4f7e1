import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { HubEvent } from '@signalbox/contract/event'

export type Severity = 'info' | 'warning' | 'critical'

/** What an alert is about: the ids that links, filters and inhibition need. */
export interface About {
  readonly session_id?: string
  readonly task_id?: string
  readonly machine_id?: string
  readonly project_id?: string
  readonly account?: string
}

/** One thing that a rule watches: a session, a machine, a limit window with its reset, a period of a budget. */
export interface Subject {
  /** Unique within the rule, and stable: the same thing has the same key after a restart and at another hub. */
  readonly key: string
  readonly about: About
}

/**
 * What a rule says of a subject at an instant. `unknown` (no fresh facts, the store away, the monitor paused) changes
 * nothing: it neither opens nor closes an alert.
 */
export type Verdict =
  | {
      readonly verdict: 'holds'
      /** When it became true, in milliseconds, which may be before it was seen. */
      readonly since: number
      /** One plain line without line breaks: what is wrong with what. */
      readonly summary: string
      readonly severity: Severity
      /** Figures for templates and the page, in snake_case; no text of a prompt or a transcript. */
      readonly values: Readonly<Record<string, string | number | boolean>>
      /** An event rather than a state: reported once, and closed by itself. */
      readonly closes_itself?: boolean
    }
  /** @property next_at when time alone may change the verdict, in milliseconds; undefined where only an event can */
  | { readonly verdict: 'clear'; readonly next_at?: number }
  | { readonly verdict: 'unknown'; readonly reason: string; readonly next_at?: number }
  /** The subject is not there any more, such as a purged session: its alert closes without a word of recovery. */
  | { readonly verdict: 'gone' }

/** A kind of rule; one file each, listed in `rule-list.ts`. Pure but for the facts that it asks for. */
export interface RuleKind<Parameters, Facts> {
  readonly kind: AlertRuleKind
  readonly severity: Severity
  /** The subjects that an event may concern; it says only where to look, never what is true. */
  touched(event: HubEvent, parameters: Parameters): readonly Subject[]
  /**
   * Whether an event concerns subjects that it does not name, such as the windows of a plan or the period of a budget: then all
   * `subjects` are judged. They are few for every kind that has this.
   */
  touchesAll?(event: HubEvent): boolean
  /** The subjects for which the rule may hold now, for the sweep once a minute and for previews. An alert that is open is judged besides. */
  subjects(facts: Facts, parameters: Parameters, now: number): Promise<readonly Subject[]>
  judge(subject: Subject, facts: Facts, parameters: Parameters, now: number): Promise<Verdict>
}
