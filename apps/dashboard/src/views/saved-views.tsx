import { useState } from 'react'
import { toProblem } from '../hub/problem.ts'
import { type SavedView, useChangeView, useRemoveView, useSavedViews, useSaveView, type ViewScreen } from '../hub/saved-view.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import type { RouteSearch } from '../router/route-search.ts'
import { ActionNotice, type Notice } from '../sessions/actions/action-notice.tsx'
import { Button } from '../ui/button.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/views.ts'
import { ViewNameDialog } from './view-name-dialog.tsx'
import { searchOf, textOf } from './view-search.ts'
import './saved-views.css'

interface SavedViewsProps<S extends ViewScreen> {
  readonly screen: S
  readonly search: RouteSearch[`/${S}`]
}

/** The views of a screen that were given a name, and what can be done with the filters that are set now. */
export function SavedViews<S extends ViewScreen>({ screen, search }: SavedViewsProps<S>) {
  const { data: views, error } = useSavedViews(screen)
  const mayChange = useWhoAmI().data?.scopes.includes('write') === true
  const [naming, setNaming] = useState<'new' | SavedView>()
  const [notice, setNotice] = useState<Notice>()
  const [opened, setOpened] = useState<string>()
  const save = useSaveView()
  const change = useChangeView()
  const remove = useRemoveView()
  const text = textOf(screen, search)
  const current = views?.find((view) => textOf(screen, searchOf(screen, view.search)) === text)
  // Filters that were changed since a view was opened may become those of the view.
  const changed = current === undefined ? views?.find(({ view_id }) => view_id === opened) : undefined
  if (current !== undefined && current.view_id !== opened) setOpened(current.view_id)

  function name(view: 'new' | SavedView): void {
    save.reset()
    change.reset()
    setNaming(view)
  }

  function drop(view: SavedView): void {
    const undo = () => save.mutate({ screen, name: view.name, search: view.search }, { onSuccess: () => setNotice(undefined) })
    remove.mutate(view.view_id, { onSuccess: () => setNotice({ text: t.viewIsDeleted(view.name), refused: [], undo }) })
  }

  if (views === undefined) return error === null ? null : <ProblemNote {...toProblem(error)} />
  const failed = naming === undefined ? (change.error ?? remove.error ?? save.error) : null
  return (
    <>
      {(views.length > 0 || (text !== '' && mayChange)) && (
        <nav className="saved-views" aria-label={t.savedViews}>
          <ul>
            {views.map((view) => (
              <li key={view.view_id} data-current={view === current || undefined}>
                <Link
                  to={`/${screen}`}
                  search={searchOf(screen, view.search) as RouteSearch[`/${S}`]}
                  className="saved-view"
                  aria-current={view === current ? 'page' : undefined}
                >
                  {view.name}
                </Link>
                {view === current && mayChange && <ViewMenu view={view} onRename={() => name(view)} onDelete={() => drop(view)} />}
              </li>
            ))}
          </ul>
          {current === undefined && mayChange && text !== '' && (
            <>
              {changed !== undefined && (
                <Button disabled={change.isPending} onClick={() => change.mutate({ view_id: changed.view_id, search: text })}>
                  {t.updateView(changed.name)}
                </Button>
              )}
              <Button variant="bare" onClick={() => name('new')}>
                {t.saveViewDots}
              </Button>
            </>
          )}
        </nav>
      )}
      {failed !== null && <ProblemNote {...toProblem(failed)} />}
      {naming !== undefined && (
        <ViewNameDialog
          title={naming === 'new' ? t.saveView : t.renameView}
          name={naming === 'new' ? '' : naming.name}
          error={naming === 'new' ? save.error : change.error}
          isPending={save.isPending || change.isPending}
          onName={(given) => {
            const done = { onSuccess: () => setNaming(undefined) }
            if (naming === 'new') save.mutate({ screen, name: given, search: text }, done)
            else change.mutate({ view_id: naming.view_id, name: given }, done)
          }}
          onClose={() => setNaming(undefined)}
        />
      )}
      <ActionNotice notice={notice} onClose={() => setNotice(undefined)} />
    </>
  )
}

interface ViewMenuProps {
  readonly view: SavedView
  readonly onRename: () => void
  readonly onDelete: () => void
}

function ViewMenu({ view, onRename, onDelete }: ViewMenuProps) {
  const items = [
    { key: 'rename', name: t.renameDots, onSelect: onRename },
    { key: 'delete', name: t.delete, onSelect: onDelete },
  ]
  return <MoreMenu label={t.actionsForView(view.name)} items={items} className="saved-view-menu" iconSize={16} align="start" />
}
