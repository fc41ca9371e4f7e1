import type { AcknowledgeAlerts, Alert, AlertDetail, AlertQuery, PauseAlerts, SnoozeAlert } from '@signalbox/client'
import {
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type AlertFilter = Pick<AlertQuery, 'state' | 'kind' | 'severity' | 'rule_id' | 'session_id' | 'machine_id'>

export interface AlertPage {
  readonly rows: readonly Alert[]
  /** Of the whole list. */
  readonly total: number
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined
}

/** Open alerts listed on one screen; the others are one link away. */
export const MAX_OPEN_ALERTS = 100
const PAGE = 50
/** Poll interval of an alert whose messages are on their way, which publishes no event. */
const SENDING_POLL_MS = 2_000

/** Alerts that are open or clearing, newest first. */
export function useOpenAlerts(options: { readonly enabled?: boolean } = {}): UseQueryResult<Alert[]> {
  return useQuery({
    enabled: options.enabled ?? true,
    queryKey: keys.openAlerts,
    queryFn: ({ signal }) => wholeHub.listAlerts({ state: ['open', 'clearing'], limit: MAX_OPEN_ALERTS }, { signal }),
  })
}

/** Alerts of all states, newest first, by page. */
export function useAlertHistory(filter: AlertFilter): UseInfiniteQueryResult<InfiniteData<AlertPage>> {
  return useInfiniteQuery({
    queryKey: keys.alertHistory(filter),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }): Promise<AlertPage> => {
      let total = 0
      let next: string | undefined
      const rows = await wholeHub.listAlerts(
        { ...filter, limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        {
          signal,
          onTotal: (count) => {
            total = count
          },
          onNext: (page) => {
            next = page?.cursor
          },
        },
      )
      return { rows, total, next }
    },
    getNextPageParam: ({ next }) => next,
  })
}

/** One alert, with what was sent about it. */
export function useAlert(id: string): UseQueryResult<AlertDetail> {
  return useQuery({
    queryKey: keys.alert(id),
    queryFn: ({ signal }) => wholeHub.getAlert(id, { signal }),
    refetchInterval: ({ state: { data } }) => (data !== undefined && isOnItsWay(data) ? SENDING_POLL_MS : 60_000),
  })
}

/** Whether a message about it is being sent, or will be within moments. */
function isOnItsWay({ notices, messages }: AlertDetail): boolean {
  return (
    notices.some(({ state, held_by }) => state === 'in' || (state === 'waiting' && (held_by === undefined || held_by === 'group'))) ||
    messages.some(({ state }) => state !== 'sent' && state !== 'dropped')
  )
}

export type AlertAction =
  | { readonly kind: 'acknowledge' | 'undo_acknowledgement' | 'end_snooze' | 'close' }
  | { readonly kind: 'snooze'; readonly snooze: SnoozeAlert }

/** What a person does with one alert. */
export function useAlertAction(id: string): UseMutationResult<Alert, Error, AlertAction> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (action: AlertAction) => act(id, action),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.alerts }),
  })
}

function act(id: string, action: AlertAction): Promise<Alert> {
  switch (action.kind) {
    case 'acknowledge':
      return wholeHub.acknowledgeAlert(id)
    case 'undo_acknowledgement':
      return wholeHub.undoAlertAcknowledgement(id)
    case 'snooze':
      return wholeHub.snoozeAlert(id, action.snooze)
    case 'end_snooze':
      return wholeHub.endAlertSnooze(id)
    case 'close':
      return wholeHub.closeAlert(id)
  }
}

/** Acknowledges every open alert that a filter lets through. */
export function useAcknowledgeAlerts(): UseMutationResult<unknown, Error, AcknowledgeAlerts> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (which: AcknowledgeAlerts) => wholeHub.acknowledgeAlerts(which),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.alerts }),
  })
}

/** Pauses all messages; undefined ends the pause. */
export function usePauseAlerts(): UseMutationResult<unknown, Error, PauseAlerts | undefined> {
  const client = useQueryClient()
  return useMutation<unknown, Error, PauseAlerts | undefined>({
    mutationFn: (pause) => (pause === undefined ? wholeHub.resumeAlerts() : wholeHub.pauseAlerts(pause)),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.alerts }),
  })
}
