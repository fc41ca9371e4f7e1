import type { AlertRule, AlertRulePreview, ChangeAlertRule, CreateAlertRule, Snooze } from '@signalbox/client'

export type { CreateAlertRule } from '@signalbox/client'

import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export function useAlertRules(): UseQueryResult<AlertRule[]> {
  return useQuery({ queryKey: keys.alertRules, queryFn: ({ signal }) => wholeHub.listAlertRules({ signal }) })
}

export type SaveRule =
  | { readonly kind: 'create'; readonly rule: CreateAlertRule }
  | { readonly kind: 'change'; readonly id: string; readonly change: ChangeAlertRule; readonly revision?: number }

/** Creates or changes a rule; with a revision only while it is as it was seen. */
export function useSaveRule(): UseMutationResult<AlertRule, Error, SaveRule> {
  return useRuleMutation((save: SaveRule) =>
    save.kind === 'create'
      ? wholeHub.createAlertRule(save.rule)
      : wholeHub.changeAlertRule(save.id, save.change, { ifMatch: save.revision }),
  )
}

export function useRemoveRule(): UseMutationResult<void, Error, string> {
  return useRuleMutation((id: string) => wholeHub.removeAlertRule(id))
}

/** Brings rules of the first start back that were removed. */
export function useRestoreRules(): UseMutationResult<AlertRule[], Error, undefined> {
  return useRuleMutation((_: undefined) => wholeHub.restoreAlertRules())
}

/** Holds the messages of a rule; undefined ends it. */
export function useSnoozeRule(id: string): UseMutationResult<AlertRule, Error, Snooze | undefined> {
  return useRuleMutation((snooze: Snooze | undefined) =>
    snooze === undefined ? wholeHub.endAlertRuleSnooze(id) : wholeHub.snoozeAlertRule(id, snooze),
  )
}

/** What a rule says now and would have said lately; of a rule that is saved its id is enough. */
export function usePreviewRule(): UseMutationResult<AlertRulePreview, Error, CreateAlertRule> {
  return useMutation({ mutationFn: (rule: CreateAlertRule) => wholeHub.previewNewAlertRule(rule) })
}

function useRuleMutation<Result, Wanted>(mutationFn: (wanted: Wanted) => Promise<Result>): UseMutationResult<Result, Error, Wanted> {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    // A removed or changed rule may close its alerts.
    onSuccess: () =>
      Promise.all([client.invalidateQueries({ queryKey: keys.alertRules }), client.invalidateQueries({ queryKey: keys.alerts })]),
  })
}
