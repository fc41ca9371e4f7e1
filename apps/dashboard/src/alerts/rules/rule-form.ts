import { type FilterField, filterFields, type RuleForm as KindForm } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { AlertSeverity } from '@signalbox/contract/alert-severity'
import type { CreateAlertRule } from '../../hub/alert-rules.ts'
import { formatExactDuration, type ParameterValue, parseDuration, parseParameter, toParameterText } from '../../hub/alert-words.ts'
import type { AlertRule } from '../../hub/answer.ts'
import { ruleForms } from '../../words/rule-forms.ts'
import { t } from '../../words/rules.ts'

export type RuleChannels = AlertRule['channels']

/** What a person types to set up a rule. Times are typed in words, as `10 min`. */
export interface RuleForm {
  readonly name: string
  /** By the name of the parameter. */
  readonly parameters: Readonly<Record<string, string>>
  /** Patterns with commas between them. */
  readonly filter: Readonly<Partial<Record<FilterField, string>>>
  /** Undefined: as the kind says. */
  readonly severity: AlertSeverity | undefined
  readonly channels: RuleChannels
  readonly holds: string
  readonly clears: string
  /** Empty: no reminders. */
  readonly repeats: string
  readonly escalate: readonly { readonly after: string; readonly channels: RuleChannels }[]
  readonly recovery: boolean
  readonly enabled: boolean
}

/** As the hub sets it where nothing is given. */
const CLEAR_MS = 60_000
const MIN_REPEAT_MS = 60_000

export function newRuleForm(kind: AlertRuleKind): RuleForm {
  const { parameters }: KindForm = ruleForms[kind]
  const texts = Object.entries(parameters).map(([name, field]) => [name, toParameterText(field, field.default)])
  return {
    name: '',
    parameters: Object.fromEntries(texts),
    filter: {},
    severity: undefined,
    channels: 'all',
    holds: formatExactDuration(0),
    clears: formatExactDuration(CLEAR_MS),
    repeats: '',
    escalate: [],
    recovery: true,
    enabled: true,
  }
}

export function toRuleForm(rule: AlertRule): RuleForm {
  const { parameters }: KindForm = ruleForms[rule.kind]
  const texts = Object.entries(parameters).map(([name, field]) => [
    name,
    toParameterText(field, (rule.parameters[name] as ParameterValue | undefined) ?? field.default),
  ])
  const patterns = filterFields.map((name) => [name, rule.filter[name]?.join(', ')])
  return {
    name: rule.name,
    parameters: Object.fromEntries(texts),
    filter: Object.fromEntries(patterns.filter(([, text]) => text !== undefined)),
    severity: rule.severity,
    channels: rule.channels,
    holds: formatExactDuration(rule.for_ms),
    clears: formatExactDuration(rule.clear_ms),
    repeats: rule.repeat_ms === undefined ? '' : formatExactDuration(rule.repeat_ms),
    escalate: rule.escalate.map(({ after_ms, channels }) => ({ after: formatExactDuration(after_ms), channels })),
    recovery: rule.recovery,
    enabled: rule.enabled,
  }
}

/** What is wrong, by field: `parameters.percent`, `holds`, `escalate.0`. */
export type RuleProblems = Readonly<Record<string, string>>

/** The rule that was typed, or what is wrong with it. */
export function readRuleForm(
  kind: AlertRuleKind,
  form: RuleForm,
): { readonly rule: CreateAlertRule } | { readonly problems: RuleProblems } {
  const problems: Record<string, string> = {}
  const duration = (field: string, text: string, least = 0) => {
    const ms = parseDuration(text)
    if (ms === undefined) problems[field] = t.mustBeTimeSuch
    else if (ms < least) problems[field] = t.mustBeAtLeast(formatExactDuration(least))
    return ms ?? 0
  }
  const parameters: Record<string, unknown> = {}
  const { parameters: fields }: KindForm = ruleForms[kind]
  for (const [name, field] of Object.entries(fields)) {
    const parsed = parseParameter(field, form.parameters[name] ?? '')
    if ('problem' in parsed) problems[`parameters.${name}`] = parsed.problem
    else if (parsed.value !== undefined) parameters[name] = parsed.value
  }
  const filter = Object.entries(form.filter).map(([name, text]) => [name, split(text)] as const)
  const rule: CreateAlertRule = {
    kind,
    ...(form.name.trim() === '' ? {} : { name: form.name.trim() }),
    parameters,
    filter: Object.fromEntries(filter.filter(([, patterns]) => patterns.length > 0)),
    severity: form.severity ?? null,
    channels: form.channels === 'all' ? 'all' : [...form.channels],
    for_ms: duration('holds', form.holds),
    clear_ms: duration('clears', form.clears),
    repeat_ms: form.repeats.trim() === '' ? null : duration('repeats', form.repeats, MIN_REPEAT_MS),
    escalate: form.escalate.map(({ after, channels }, at) => ({
      after_ms: duration(`escalate.${at}`, after, 1_000),
      channels: channels === 'all' ? 'all' : [...channels],
    })),
    recovery: form.recovery,
    enabled: form.enabled,
  }
  return Object.keys(problems).length > 0 ? { problems } : { rule }
}

function split(text = ''): string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
}
