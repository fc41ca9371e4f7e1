import type { FilterField, RuleForm as KindForm } from '@signalbox/contract/alert-rule-form'
import { describeParameter, formatExactDuration, formatParameter, type ParameterValue } from '../../hub/alert-words.ts'
import type { AlertRule, Channel } from '../../hub/answer.ts'
import { ruleForms } from '../../words/rule-forms.ts'
import { t } from '../../words/rules.ts'
import type { RuleChannels } from './rule-form.ts'

/** The parameters of a rule in words: `Waiting for longer than 10 min, Waiting for Permission`. */
export function describeParameters({ kind, parameters, filter }: Pick<AlertRule, 'kind' | 'parameters' | 'filter'>): string {
  const { parameters: fields }: KindForm = ruleForms[kind]
  const values = Object.entries(fields).flatMap(([name, field]) => {
    const value = (parameters[name] as ParameterValue | undefined) ?? field.default
    // What matches everything narrows nothing.
    if (value === undefined || value === 'any' || (Array.isArray(value) && value.length === 0) || (field.unit === 'ms' && value === 0))
      return []
    const words = formatParameter(field, value)
    return [t.midSentence(describeParameter(field, field.unit === 'choice' ? t.midSentence(words) : words))]
  })
  const filters = Object.entries(filter).map(([name, patterns]) => t.filters[name as FilterField]((patterns as string[]).join(', ')))
  return [...values, ...(filters.length === 0 ? [] : [t.only(filters.reduce(t.and))])].join(' · ')
}

/** Which channels a rule notifies, and when again. */
export function describeChannels(
  rule: Pick<AlertRule, 'channels' | 'repeat_ms' | 'escalate' | 'recovery'>,
  channels: readonly Channel[],
): string {
  const parts = [nameChannels(rule.channels, channels)]
  if (rule.repeat_ms !== undefined) parts.push(t.remindersEvery(formatExactDuration(rule.repeat_ms)))
  if (rule.escalate.length > 0) parts.push(t.escalatesInSteps(rule.escalate.length))
  if (!rule.recovery) parts.push(t.noMessageAtEnd)
  return parts.join(' · ')
}

export function nameChannels(chosen: RuleChannels, channels: readonly Channel[]): string {
  if (chosen === 'all') return t.allChannels
  if (chosen.length === 0) return t.onPageOnly
  return chosen.map((id) => channels.find(({ channel_id }) => channel_id === id)?.name ?? id).join(', ')
}
