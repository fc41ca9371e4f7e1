import type { Budget } from '@signalbox/client'
import { useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

/** The name of the budget that holds each session; an event says when there are others. */
export function useHeldSessions(): ReadonlyMap<string, string> {
  const { data } = useQuery({ queryKey: keys.budgets, queryFn: ({ signal }) => hub.listBudgets({ signal }), select: heldSessions })
  return data ?? none
}

const none: ReadonlyMap<string, string> = new Map()

function heldSessions(budgets: readonly Budget[]): ReadonlyMap<string, string> {
  return new Map(budgets.flatMap(({ name, held }) => held.map(({ session_id }) => [session_id, name] as const)))
}
