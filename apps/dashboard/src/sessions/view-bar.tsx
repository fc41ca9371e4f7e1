import { Button } from '../ui/button.tsx'
import { Picker } from '../ui/picker.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { t } from '../words/board.ts'
import { type SessionControls, useSessionControls } from './actions/session-controls.tsx'
import { withParameter } from './session-filters.tsx'
import { groupOf, type SessionGroup, type SessionSearch, type SessionViewName } from './session-search.ts'
import './view-bar.css'

const views: readonly { readonly value: SessionViewName; readonly label: string }[] = [
  { value: 'board', label: t.board },
  { value: 'kanban', label: t.kanban },
  { value: 'table', label: t.table },
]

const groupNames: Record<SessionGroup, string> = { none: t.noGrouping, machine: t.byMachine, project: t.byProject, branch: t.byBranch }

interface ViewBarProps {
  readonly search: SessionSearch
  readonly change: (next: SessionSearch) => void
  readonly dismissedCount: number
}

/** How the sessions are shown, what of them, and whether some are selected. */
export function ViewBar({ search, change, dismissedCount }: ViewBarProps) {
  const controls = useSessionControls()
  const view = search.view ?? 'board'
  const group = groupOf(search)
  const groups: readonly SessionGroup[] = view === 'board' ? ['machine', 'project', 'branch'] : ['none', 'machine', 'project', 'branch']
  const usual = groupOf({ view: search.view } as SessionSearch)
  return (
    <div className="view-bar">
      <Segmented
        label={t.view}
        value={view}
        options={views}
        onChange={(next) => {
          // The grouping and the order of another view need not exist in this one.
          const { view: _, group: __, sort: ___, ended: ____, ...rest } = search
          change(next === 'board' ? rest : { ...rest, view: next })
        }}
      />
      <Picker
        label={t.grouping}
        text={groupNames[group]}
        value={group}
        options={groups.map((value) => ({ value, label: groupNames[value] }))}
        onPick={(value) => change(withParameter(search, 'group', value === usual ? undefined : value))}
      />
      {view === 'table' && (
        <Toggle
          label={t.allEnded}
          on={search.ended === 'all'}
          onChange={(on) => change(withParameter(search, 'ended', on ? 'all' : undefined))}
        />
      )}
      {(dismissedCount > 0 || search.dismissed === 'show') && (
        <Toggle
          label={t.dismissed(dismissedCount)}
          on={search.dismissed === 'show'}
          onChange={(on) => change(withParameter(search, 'dismissed', on ? 'show' : undefined))}
        />
      )}
      {controls !== undefined && <SelectButton controls={controls} />}
    </div>
  )
}

function SelectButton({ controls: { selecting, setSelecting } }: { readonly controls: SessionControls }) {
  return <Toggle label={t.select} on={selecting} onChange={setSelecting} />
}

function Toggle({ label, on, onChange }: { readonly label: string; readonly on: boolean; readonly onChange: (on: boolean) => void }) {
  return (
    <Button className="toggle" aria-pressed={on} onClick={() => onChange(!on)}>
      {label}
    </Button>
  )
}
