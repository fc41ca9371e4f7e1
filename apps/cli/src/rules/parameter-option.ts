import { parseParameter } from '@signalbox/client/alert-parameter'
import { type ParameterField, type RuleForm, ruleForms } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { Command } from 'commander'
import { usageError } from '../failure.ts'

/** What was typed for the parameters of a kind of rule, by the name of the option in camel case. */
export type ParameterOptions = Readonly<Record<string, unknown>>

const placeholders: Readonly<Record<ParameterField['unit'], string>> = {
  ms: 'time',
  percent: 'percent',
  usd: 'dollars',
  choice: 'name',
  percents: 'list',
  patterns: 'list',
  time_zone: 'zone',
}

/** `after_ms` is `--after`: the unit is in the value. */
const flagOf = (name: string) => `--${name.replace(/_(ms|usd)$/, '').replaceAll('_', '-')}`
const keyOf = (name: string) => name.replace(/_(ms|usd)$/, '').replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

function fieldsOf(kind: AlertRuleKind): [string, ParameterField][] {
  const { parameters }: RuleForm = ruleForms[kind]
  return Object.entries(parameters)
}

/** Adds an option for each parameter of a kind of rule. */
export function parameterOptions(command: Command, kind: AlertRuleKind): Command {
  for (const [name, field] of fieldsOf(kind)) {
    const choices = field.choices === undefined ? '' : `: ${field.choices.map(({ value }) => value).join(', ')}`
    const about = `${field.label.charAt(0).toLowerCase()}${field.label.slice(1)}${choices}${field.help === undefined ? '' : `; ${field.help}`}`
    command.option(`${flagOf(name)} <${placeholders[field.unit]}>`, about)
  }
  return command
}

/** Adds the options of every kind: which of them a rule has is known only when it was found. */
export function anyParameterOptions(command: Command): Command {
  const names = new Map<string, string>()
  for (const kind of Object.keys(ruleForms) as AlertRuleKind[]) {
    for (const [name, field] of fieldsOf(kind)) names.set(flagOf(name), placeholders[field.unit])
  }
  for (const [flag, placeholder] of names)
    command.option(`${flag} <${placeholder}>`, 'a parameter of some kinds; `add KIND --help` explains it')
  return command
}

/** The parameters that were typed. @throws Failure for a value that is none */
export function readParameters(kind: AlertRuleKind, options: ParameterOptions): Record<string, unknown> {
  const parameters: Record<string, unknown> = {}
  for (const [name, field] of fieldsOf(kind)) {
    const typed = options[keyOf(name)]
    if (typed === undefined) continue
    const parsed = parseParameter(field, String(typed))
    if ('problem' in parsed) throw usageError(`${flagOf(name)} ${parsed.problem}.`)
    if (parsed.value !== undefined) parameters[name] = parsed.value
  }
  return parameters
}

/** @throws Failure when a parameter without a default is missing */
export function requireParameters(kind: AlertRuleKind, options: ParameterOptions): void {
  const missing = fieldsOf(kind).filter(
    ([name, field]) => field.default === undefined && field.optional !== true && options[keyOf(name)] === undefined,
  )
  if (missing.length === 0) return
  throw usageError(
    `a rule of the kind ${kind} needs ${missing.map(([name]) => flagOf(name)).join(' and ')}.`,
    `\`signalbox rules add ${kind} --help\` explains ${missing.length === 1 ? 'it' : 'them'}.`,
  )
}

/** @throws Failure when an option is given that the kind does not have */
export function requireKnownParameters(kind: AlertRuleKind, options: ParameterOptions): void {
  const own = new Set(fieldsOf(kind).map(([name]) => keyOf(name)))
  for (const other of Object.keys(ruleForms) as AlertRuleKind[]) {
    for (const [name] of fieldsOf(other)) {
      if (options[keyOf(name)] !== undefined && !own.has(keyOf(name)))
        throw usageError(`a rule of the kind ${kind} has no ${flagOf(name)}.`)
    }
  }
}
