import { createContext, type ReactNode, Suspense, use, useCallback, useMemo, useState } from 'react'
import type { BoardSession, Scope } from '../../hub/answer.ts'
import { useQuestions } from '../../hub/questions.ts'
import { useSessionActions } from '../../hub/session-action.ts'
import { useWhoAmI } from '../../hub/who-am-i.ts'
import { createIdSet, type IdSet } from '../../ui/id-set.ts'
import { lazyPart } from '../../ui/lazy-part.ts'
import { type DismissedSessions, dismiss, restore, useDismissed } from '../dismissed-sessions.ts'
import { ActionNotice, type Notice } from './action-notice.tsx'
import { actionTexts, describeDone, type SessionAction } from './session-action.ts'

const ActionDialog = lazyPart(() => import('./action-dialog.tsx').then((file) => ({ default: file.ActionDialog })))
const RecoverDialog = lazyPart(() => import('./recover-dialog.tsx').then((file) => ({ default: file.RecoverDialog })))
const AnswerDialog = lazyPart(() => import('./answer-dialog.tsx').then((file) => ({ default: file.AnswerDialog })))

export interface SessionControls {
  readonly scopes: readonly Scope[] | undefined
  readonly dismissed: DismissedSessions
  /** The ids of the selected sessions. */
  readonly selection: IdSet
  readonly selecting: boolean
  /** The ids of the sessions that ask what this browser may answer. */
  readonly asking: ReadonlySet<string>
  readonly setSelecting: (selecting: boolean) => void
  /** Does it, after a confirmation where one is needed. */
  readonly start: (action: SessionAction, sessions: readonly BoardSession[]) => void
  /** Shows what a session asks, to answer it. */
  readonly answer: (session: BoardSession) => void
}

const ControlsContext = createContext<SessionControls | undefined>(undefined)

/** What people can do with sessions; undefined where nothing can be done, as on a wall display. */
export function useSessionControls(): SessionControls | undefined {
  return use(ControlsContext)
}

interface SessionControlsProviderProps {
  /** What a session is called in a sentence. */
  readonly nameOf: (session: BoardSession) => string
  readonly children: ReactNode
}

type Pending = { readonly action: SessionAction | 'answer'; readonly sessions: readonly BoardSession[] }

/** Selection, confirmations, what was done, and its undo. */
export function SessionControlsProvider({ nameOf, children }: SessionControlsProviderProps) {
  const { run } = useSessionActions()
  const scopes = useWhoAmI().data?.scopes
  const dismissed = useDismissed()
  const asking = useAsking()
  const [selection] = useState(createIdSet)
  const [selecting, setSelectingState] = useState(false)
  const [pending, setPending] = useState<Pending>()
  const [notice, setNotice] = useState<Notice>()

  const apply = useCallback(
    async (action: SessionAction, sessions: readonly BoardSession[], reason?: string): Promise<void> => {
      if (action === 'dismiss') dismiss(sessions)
      if (action === 'restore') restore(sessions)
      const local = action === 'dismiss' || action === 'restore'
      const { done, refused } = local ? { done: sessions, refused: [] } : await run(action, sessions, reason)
      const { undo } = actionTexts[action]
      setNotice({
        text: done.length === 0 ? '' : describeDone(action, done, nameOf),
        refused: refused.map(({ session, problem }) => ({ name: nameOf(session), problem })),
        ...(undo === undefined || done.length === 0 ? {} : { undo: () => apply(undo, done) }),
      })
      selection.replace([])
      setSelectingState(false)
    },
    [run, nameOf, selection],
  )
  const controls = useMemo<SessionControls>(
    () => ({
      scopes,
      dismissed,
      selection,
      selecting,
      asking,
      setSelecting: (next) => {
        selection.replace([])
        setSelectingState(next)
      },
      start: (action, sessions) => {
        if (actionTexts[action].confirm === undefined) void apply(action, sessions)
        else setPending({ action, sessions })
      },
      answer: (session) => setPending({ action: 'answer', sessions: [session] }),
    }),
    [scopes, dismissed, selection, selecting, asking, apply],
  )
  const close = () => setPending(undefined)
  const [first] = pending?.sessions ?? []

  return (
    <ControlsContext value={controls}>
      {children}
      <ActionNotice notice={notice} onClose={() => setNotice(undefined)} />
      {pending !== undefined && first !== undefined && (
        <Suspense fallback={null}>
          {pending.action === 'answer' ? (
            <AnswerDialog session={first} name={nameOf(first)} onClose={close} />
          ) : pending.action === 'recover' && pending.sessions.length === 1 ? (
            <RecoverDialog
              session={first}
              name={nameOf(first)}
              onClose={close}
              onDone={() => {
                close()
                setNotice({ text: describeDone('recover', [first], nameOf), refused: [] })
              }}
            />
          ) : (
            <ActionDialog
              action={pending.action}
              sessions={pending.sessions}
              nameOf={nameOf}
              onClose={close}
              onConfirm={async (reason) => {
                if (pending.action !== 'answer') await apply(pending.action, pending.sessions, reason)
                close()
              }}
            />
          )}
        </Suspense>
      )}
    </ControlsContext>
  )
}

function useAsking(): ReadonlySet<string> {
  const questions = useQuestions()
  return useMemo(() => new Set(questions?.filter(({ state }) => state === 'open').map(({ session_id }) => session_id)), [questions])
}
