import { folderNames, shortNames } from '@signalbox/usage/project-name'
import { projectOfFolder } from '@signalbox/usage/project-path'
import { useMemo } from 'react'
import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import { useSessionBoard } from '../hub/board.ts'
import { useMachines } from '../hub/machine.ts'
import { isOnBoard } from '../hub/session-state.ts'
import { useNow } from '../ui/use-now.ts'
import { type DismissedSessions, useDismissed } from './dismissed-sessions.ts'

const noMachines: ReadonlyMap<string, ListedMachine> = new Map()

export interface Board {
  /** Undefined until the first response. */
  readonly sessions: readonly BoardSession[] | undefined
  readonly machines: ReadonlyMap<string, ListedMachine>
  /** False until the first list of machines: none is not the same. */
  readonly machinesKnown: boolean
  /** By task id. */
  readonly taskNames: ReadonlyMap<string, string>
  /** Short names of the folders of sessions, by project id. */
  readonly projectNames: ReadonlyMap<string, string>
  /** Short names of projects, with which worktrees count. */
  readonly projects: ReadonlyMap<string, string>
  readonly dismissed: DismissedSessions
  readonly capped: boolean
  /** The hub has neither a session nor a machine. */
  readonly empty: boolean
  readonly error: Error | null
  readonly refetch: () => Promise<unknown>
}

/** The data of the live board. */
export function useBoard(): Board {
  const board = useSessionBoard()
  const list = useMachines()
  const dismissed = useDismissed()
  // Ended sessions leave the board an hour later even when no event arrives.
  const now = useNow(60_000)
  const known = board.data?.sessions
  const sessions = useMemo(() => (known === undefined ? undefined : [...known.values()].filter((one) => isOnBoard(one, now))), [known, now])
  const names = useProjectNames(sessions)
  const machines = list.data ?? noMachines
  return {
    sessions,
    machines,
    machinesKnown: list.data !== undefined,
    taskNames: board.data?.taskNames ?? noNames,
    ...names,
    dismissed,
    capped: board.data?.capped ?? false,
    empty: sessions?.length === 0 && list.data?.size === 0,
    error: board.error ?? list.error,
    refetch: () => Promise.all([board.refetch(), list.refetch()]),
  }
}

export type ProjectNames = Pick<Board, 'projectNames' | 'projects'>

/** The short names of the projects of sessions; the same object while the projects are the same. */
export function useProjectNames(sessions: readonly BoardSession[] | undefined): ProjectNames {
  const projectIds = [...new Set(sessions?.map(({ project_id }) => project_id))].sort().join('\n')
  return useMemo(() => {
    const ids = projectIds.split('\n')
    const projects = [...new Set(ids.map(projectOfFolder))]
    return { projectNames: namesOf(ids, folderNames), projects: namesOf(projects, shortNames) }
  }, [projectIds])
}

const noNames: ReadonlyMap<string, string> = new Map()

function namesOf(ids: readonly string[], toNames: (ids: readonly string[]) => string[]): ReadonlyMap<string, string> {
  const names = toNames(ids)
  return new Map(ids.map((id, index) => [id, names[index] ?? id]))
}
