import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { AlertFilter, AlertRuleParameters } from '@signalbox/contract/alert-rule-parameters'

/** The parameters of a rule, and the filter that it has besides. */
export type Parameters<K extends AlertRuleKind> = AlertRuleParameters<K> & { readonly filter?: AlertFilter | undefined }
