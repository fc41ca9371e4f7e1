import { useUsage } from '../hub/usage.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { Button } from '../ui/button.tsx'
import { t } from '../words/usage.ts'
import { formatGroupNames, readGroupValue } from './group-name.ts'
import type { UsageView } from './use-usage-view.ts'

/** Folders listed at most; the filter has all of them. */
const MAX_FOLDERS = 20

interface ProjectFoldersProps {
  readonly project: string
  readonly view: UsageView
}

/** The parts of a project: its folders and worktrees, each of which can be shown alone. Nothing for a project of one folder. */
export function ProjectFolders({ project, view }: ProjectFoldersProps) {
  const { base, zone, change } = view
  const { data } = useUsage({ ...base, project, group: 'folder' })
  // While another report loads, the one before stays.
  const rows = data?.group === 'folder' ? data.rows : []
  const folders = rows.map((row) => readGroupValue(row, 'folder'))
  if (rows.length === 0 || (rows.length === 1 && folders[0] === project)) return null
  const names = formatGroupNames('folder', folders, zone)
  return (
    <>
      <p className="overline">{t.folders}</p>
      <ul className="detail-folders">
        {rows.slice(0, MAX_FOLDERS).map((row, index) => (
          <li key={folders[index]} title={folders[index]}>
            <Button
              variant="bare"
              onClick={() => change({ project, folder: folders[index], table: undefined, find: undefined, sort: undefined })}
            >
              {names[index]}
            </Button>
            <Money value={row.cost_usd} calls={row.calls} atLeast={whyAtLeast(row)} />
            <span className="muted">
              <Count value={row.total_tokens} unit="token" atLeast={whyAtLeast(row)} />{' '}
              <span aria-hidden="true">{t.tokenWord(row.total_tokens)}</span>
            </span>
          </li>
        ))}
      </ul>
      {rows.length > MAX_FOLDERS && <p className="small muted">{t.moreFilterFolderHas(rows.length - MAX_FOLDERS)}</p>}
    </>
  )
}
