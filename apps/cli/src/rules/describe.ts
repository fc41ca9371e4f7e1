import { describeParameter, formatExactDuration, formatParameter, type ParameterValue } from '@signalbox/client/alert-parameter'
import type { AlertRule } from '@signalbox/contract/alert-rule'
import { type RuleForm, ruleForms } from '@signalbox/contract/alert-rule-form'
import type { Channel } from '@signalbox/contract/channel'
import { printable } from '@signalbox/contract/printable'

/** The parameters and the filter of a rule: `Waiting for longer than 10 min`. */
export function describeParameters({ kind, parameters, filter }: AlertRule): string[] {
  const { parameters: fields }: RuleForm = ruleForms[kind]
  const values = Object.entries(fields).flatMap(([name, field]) => {
    const value = (parameters[name] as ParameterValue | undefined) ?? field.default
    const isNothing = value === undefined || (Array.isArray(value) && value.length === 0) || (field.unit === 'ms' && value === 0)
    // A choice of everything leaves nothing out.
    const isAnything = field.unit === 'choice' && value === 'any'
    return isNothing || isAnything ? [] : [describeParameter(field, formatParameter(field, value))]
  })
  const patterns = Object.entries(filter).flatMap(([name, all]) =>
    all === undefined ? [] : [`Only ${name.replace(/_id$/, '')} ${all.join(', ')}`],
  )
  return [...values, ...patterns].map((text) => printable(text))
}

export function nameChannels(chosen: AlertRule['channels'], channels: readonly Channel[]): string {
  if (chosen === 'all') return 'all'
  if (chosen.length === 0) return 'none, on the page only'
  return printable(chosen.map((id) => channels.find(({ channel_id }) => channel_id === id)?.name ?? id).join(', '))
}

export function describeSteps({ escalate }: AlertRule, channels: readonly Channel[]): string | undefined {
  if (escalate.length === 0) return undefined
  return escalate.map((step) => `after ${formatExactDuration(step.after_ms)}: ${nameChannels(step.channels, channels)}`).join('; ')
}
