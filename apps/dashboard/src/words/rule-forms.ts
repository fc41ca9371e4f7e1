import { ruleForms as english, type RuleForm } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import { isGerman } from './language.ts'
import { translateRuleForms } from './translate-rule-forms.ts'

/** The forms of rules, in the language of the page. */
export const ruleForms: Readonly<Record<AlertRuleKind, RuleForm>> = isGerman
  ? translateRuleForms((await import('./de/packages/rule-forms.ts')).ruleFormWords)
  : english

/** The name of a rule as people see it: one that was never named has the English name of its kind. */
export function ruleName(kind: AlertRuleKind, name: string): string {
  return name === english[kind].label ? ruleForms[kind].label : name
}
