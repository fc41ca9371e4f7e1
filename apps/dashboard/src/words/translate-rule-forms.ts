import { type ParameterField, type RuleForm, ruleForms } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'

/** What a person reads of a parameter; the fields that the English one has. */
export interface ParameterWords {
  readonly label: string
  readonly sentence?: string
  readonly help?: string
  readonly choices?: Readonly<Record<string, string>>
}

/** What a person reads of each kind of rule. */
export type RuleFormWords = {
  readonly [Kind in AlertRuleKind]: {
    readonly label: string
    readonly description: string
    readonly parameters: { readonly [Name in keyof (typeof ruleForms)[Kind]['parameters']]: ParameterWords }
  }
}

/** The forms of rules with other words. */
export function translateRuleForms(words: RuleFormWords): Readonly<Record<AlertRuleKind, RuleForm>> {
  const translate = ([kind, form]: readonly [string, RuleForm]) => {
    const { label, description, parameters } = words[kind as AlertRuleKind]
    const named: Readonly<Record<string, ParameterWords>> = parameters
    const fields = Object.entries(form.parameters).map(([name, field]) => [name, translateField(field, named[name])])
    return [kind, { ...form, label, description, parameters: Object.fromEntries(fields) }]
  }
  return Object.fromEntries(Object.entries(ruleForms).map(translate))
}

function translateField(field: ParameterField, words: ParameterWords | undefined): ParameterField {
  const choices = field.choices?.map(({ value, label }) => ({ value, label: words?.choices?.[value] ?? label }))
  return { ...field, ...words, ...(choices === undefined ? {} : { choices }) } as ParameterField
}
