import type { ChangeSavedView, CreateSavedView, SavedView, ViewScreen } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { SavedView, ViewScreen } from '@signalbox/client'

/** The saved views of a screen, by name. */
export function useSavedViews(screen: ViewScreen): UseQueryResult<SavedView[]> {
  return useQuery({
    queryKey: keys.views,
    queryFn: ({ signal }) => wholeHub.listViews({ signal }),
    select: (views) => views.filter((view) => view.screen === screen),
  })
}

export function useSaveView(): UseMutationResult<SavedView, Error, CreateSavedView> {
  return useViewMutation((view: CreateSavedView) => wholeHub.saveView(view))
}

export function useChangeView(): UseMutationResult<SavedView, Error, ChangeSavedView & { readonly view_id: string }> {
  return useViewMutation(({ view_id, ...change }: ChangeSavedView & { readonly view_id: string }) => wholeHub.changeView(view_id, change))
}

export function useRemoveView(): UseMutationResult<void, Error, string> {
  return useViewMutation((id: string) => wholeHub.removeView(id))
}

function useViewMutation<T, Input>(mutationFn: (input: Input) => Promise<T>): UseMutationResult<T, Error, Input> {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: keys.views }) })
}
