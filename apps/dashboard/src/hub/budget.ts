import type { Budget, BudgetLink, ChangeBudget, CreateBudget } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { Budget, BudgetKind, CreateBudget } from '@signalbox/client'

/** What is used changes with every call; an event is published for other changes only. In milliseconds. */
const REFETCH_MS = 15_000

export function useBudgets(): UseQueryResult<Budget[]> {
  return useQuery({ queryKey: keys.budgets, queryFn: ({ signal }) => wholeHub.listBudgets({ signal }), refetchInterval: REFETCH_MS })
}

/** The name of the budget that holds each session; an event says when there are others. */
export function useHeldSessions(): ReadonlyMap<string, string> {
  const { data } = useQuery({ queryKey: keys.budgets, queryFn: ({ signal }) => wholeHub.listBudgets({ signal }), select: heldSessions })
  return data ?? none
}

const none: ReadonlyMap<string, string> = new Map()

function heldSessions(budgets: readonly Budget[]): ReadonlyMap<string, string> {
  return new Map(budgets.flatMap(({ name, held }) => held.map(({ session_id }) => [session_id, name] as const)))
}

export function useCreateBudget(): UseMutationResult<Budget, Error, CreateBudget> {
  return useBudgetMutation((budget: CreateBudget) => wholeHub.createBudget(budget))
}

export function useChangeBudget(id: string): UseMutationResult<Budget, Error, ChangeBudget> {
  return useBudgetMutation((change: ChangeBudget) => wholeHub.changeBudget(id, change))
}

export function useRemoveBudget(): UseMutationResult<void, Error, string> {
  return useBudgetMutation((id: string) => wholeHub.removeBudget(id))
}

/** Raises the line of the current period by an amount. */
export function useGoOn(id: string): UseMutationResult<Budget, Error, number> {
  return useBudgetMutation((amount: number) => wholeHub.goOn(id, amount))
}

/** A link that does it once. */
export function useBudgetLink(id: string): UseMutationResult<BudgetLink, Error, number> {
  return useMutation({ mutationFn: (amount: number) => wholeHub.createBudgetLink(id, amount), gcTime: 0 })
}

function useBudgetMutation<T, Input>(mutationFn: (input: Input) => Promise<T>): UseMutationResult<T, Error, Input> {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: keys.budgets }) })
}
