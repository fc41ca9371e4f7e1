import { useCallback } from 'react'
import type { Problem, ToolCall, TurnAnswer } from '../hub/answer.ts'
import { understand } from '../hub/assistant.ts'
import { toProblem } from '../hub/problem.ts'
import { sharedValue } from '../ui/shared-value.ts'

/** One question with what became of it. */
export interface ThreadTurn {
  readonly id: number
  readonly question: string
  /** Undefined while the hub is asked. */
  readonly answer?: TurnAnswer
  readonly problem?: Problem & { readonly isForbidden: boolean }
}

/** Turns that are shown; each has live cards. */
const MAX_TURNS = 12

/** Of this tab, and gone with it. Outside of the panel, which may be closed between two questions. */
const turns = sharedValue<readonly ThreadTurn[]>([])
let count = 0

const replace = (id: number, fields: Partial<ThreadTurn>) =>
  turns.set(turns.get().map((turn) => (turn.id === id ? { ...turn, ...fields } : turn)))

/** The last call that a follow-up can change. */
function previousCall(): ToolCall | undefined {
  return turns.get().findLast(({ answer }) => answer?.call != null && !answer.is_action)?.answer?.call ?? undefined
}

export interface Thread {
  readonly turns: readonly ThreadTurn[]
  /** @returns the call that was understood; `offline` where the question has not reached the hub */
  readonly ask: (question: string) => Promise<ToolCall | 'offline' | undefined>
  /** Goes on with one of the sessions that may be meant. */
  readonly choose: (turn: ThreadTurn, sessionId: string) => void
}

export function useThread(): Thread {
  const ask = useCallback(async (question: string): Promise<ToolCall | 'offline' | undefined> => {
    const previous = previousCall()
    const id = ++count
    turns.set([...turns.get(), { id, question }].slice(-MAX_TURNS))
    try {
      const answer = await understand({ question, ...(previous === undefined ? {} : { previous }) })
      replace(id, { answer })
      return answer.call ?? undefined
    } catch (error) {
      const problem = toProblem(error)
      replace(id, { problem: { ...problem, isForbidden: isForbidden(error) } })
      return problem.offline ? 'offline' : undefined
    }
  }, [])
  const choose = useCallback(({ id, answer }: ThreadTurn, session: string) => {
    if (answer?.call == null) return
    const { project: _, machine: _machine, slot: _slot, state: _state, ...kept } = answer.call.arguments
    replace(id, { answer: { ...answer, call: { ...answer.call, arguments: { ...kept, session } }, session_ids: [session] } })
  }, [])
  return { turns: turns.use(), ask, choose }
}

function isForbidden(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'forbidden'
}
