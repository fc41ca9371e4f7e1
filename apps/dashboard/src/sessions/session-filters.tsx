import { projectOfFolder } from '@signalbox/usage/project-path'
import { useEffect, useMemo, useState } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { Button } from '../ui/button.tsx'
import { Picker } from '../ui/picker.tsx'
import { t } from '../words/board.ts'
import { branchOf, hasStatus } from './board-view.ts'
import { isFiltered, type SessionSearch, type StatusFilter, statusFilters, withoutFilters } from './session-search.ts'
import type { Board } from './use-board.ts'
import '../ui/field.css'
import '../ui/filter-bar.css'

/** The address follows a search text once typing pauses this long. */
const FIND_PAUSE_MS = 200

const statusNames: Record<StatusFilter, string> = {
  attention: t.needsAttention,
  active: t.active,
  waiting: t.waiting,
  paused: t.paused,
  stalled: t.stalled,
  unseen: t.notSeen,
  failed: t.failedInLastHour,
  completed: t.completedInLastHour,
}

interface SessionFiltersProps {
  readonly board: Board
  /** All that can be shown, before the filters. */
  readonly sessions: readonly BoardSession[]
  readonly search: SessionSearch
  readonly change: (next: SessionSearch) => void
}

/** Filters of the sessions screen; each choice is a query parameter. */
export function SessionFilters({ board, sessions, search, change }: SessionFiltersProps) {
  const { status, machine, project, branch } = search
  const pick = (name: keyof SessionSearch) => (value: string | undefined) => change(withParameter(search, name, value))
  const counts = useMemo(() => countChoices(sessions), [sessions])
  const machineIds = [...new Set([...board.machines.keys(), ...counts.machines.keys()])].sort()
  const projects = [...board.projects].filter(([id]) => id !== '').sort((a, b) => a[1].localeCompare(b[1]))
  const branches = [...new Set([...counts.branches.keys(), ...(branch === undefined ? [] : [branch])])].sort()
  return (
    <search className="filter-bar" aria-label={t.filters}>
      <Picker
        label={t.status}
        all={t.allStatuses}
        text={status === undefined ? t.allStatuses : statusNames[status]}
        value={status}
        highlighted={status !== undefined}
        options={statusFilters.map((value) => ({
          value,
          label: statusNames[value],
          aside: counts.statuses.get(value) ?? 0,
        }))}
        onPick={pick('status')}
      />
      <Picker
        label={t.machine}
        all={t.allMachines}
        text={machine ?? t.allMachines}
        value={machine}
        highlighted={machine !== undefined}
        options={machineIds.map((id) => ({ value: id, label: id, aside: counts.machines.get(id) ?? 0 }))}
        onPick={pick('machine')}
      />
      <Picker
        label={t.project}
        all={t.allProjects}
        text={project === undefined ? t.allProjects : (board.projects.get(project) ?? board.projectNames.get(project) ?? project)}
        value={project}
        highlighted={project !== undefined}
        options={projects.map(([id, name]) => ({
          value: id,
          label: name,
          title: id,
          aside: counts.projects.get(id) ?? 0,
        }))}
        onPick={pick('project')}
      />
      {branches.length > 0 && (
        <Picker
          label={t.branch}
          all={t.allBranches}
          text={branch ?? t.allBranches}
          value={branch}
          highlighted={branch !== undefined}
          options={branches.map((name) => ({
            value: name,
            label: name,
            aside: counts.branches.get(name) ?? 0,
          }))}
          onPick={pick('branch')}
        />
      )}
      <Find text={search.find} onFind={pick('find')} />
      {isFiltered(search) && (
        <Button variant="bare" onClick={() => change(withoutFilters(search))}>
          {t.clearFilters}
        </Button>
      )}
    </search>
  )
}

function Find({ text, onFind }: { readonly text: string | undefined; readonly onFind: (text: string | undefined) => void }) {
  const [typed, setTyped] = useState(text ?? '')
  const [shown, setShown] = useState(text)
  // Another address, such as by Back or Clear filters.
  if (shown !== text) {
    setShown(text)
    setTyped(text ?? '')
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the timer
  useEffect(() => {
    const next = typed.trim() === '' ? undefined : typed.trim()
    if (next === text) return
    const timer = setTimeout(() => {
      setShown(next)
      onFind(next)
    }, FIND_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <input
      className="input session-find"
      type="search"
      data-find
      aria-label={t.findSessions}
      placeholder={t.findByNameId}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  )
}

/** The address with another value of a parameter; undefined leaves it out. */
export function withParameter(search: SessionSearch, name: keyof SessionSearch, value: string | undefined): SessionSearch {
  const { [name]: _, ...rest } = search
  return (value === undefined ? rest : { ...rest, [name]: value }) as SessionSearch
}

interface ChoiceCounts {
  readonly statuses: ReadonlyMap<StatusFilter, number>
  readonly machines: ReadonlyMap<string, number>
  readonly projects: ReadonlyMap<string, number>
  readonly branches: ReadonlyMap<string, number>
}

/** How many sessions each choice has, in one pass: there may be ten thousand of them, and as many branches. */
function countChoices(sessions: readonly BoardSession[]): ChoiceCounts {
  const statuses = new Map<StatusFilter, number>()
  const machines = new Map<string, number>()
  const projects = new Map<string, number>()
  const branches = new Map<string, number>()
  for (const session of sessions) {
    for (const status of statusFilters) if (hasStatus(session, status)) add(statuses, status)
    add(machines, session.machine_id)
    add(projects, projectOfFolder(session.project_id))
    const branch = branchOf(session)
    if (branch !== undefined) add(branches, branch)
  }
  return { statuses, machines, projects, branches }
}

function add<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
