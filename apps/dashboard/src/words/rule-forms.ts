import { ruleForms as english, type RuleForm } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import { isGerman } from './language.ts'
import { translateRuleForms } from './translate-forms.ts'

/** The forms of rules, in the language of the page. */
export const ruleForms: Readonly<Record<AlertRuleKind, RuleForm>> = isGerman
  ? translateRuleForms((await import('./de/packages/rule-forms.ts')).ruleFormWords)
  : english
