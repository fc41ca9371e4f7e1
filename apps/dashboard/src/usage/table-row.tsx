import { useId, useState } from 'react'
import { Link } from '../router/link.tsx'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { Icon } from '../ui/icon.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { Moment } from '../ui/moment.tsx'
import { formatPercent } from '../ui/number-format.ts'
import { partKey, readPartKey } from '../ui/part-name.ts'
import { ShareBar } from '../ui/share-bar.tsx'
import { t } from '../words/usage.ts'
import { addDays, lastDayOfMonth } from './calendar.ts'
import type { GroupKey } from './group-name.ts'
import { modelColor } from './model-color.ts'
import { ProjectFolders } from './project-folders.tsx'
import type { UsageSearch } from './usage-search.ts'
import type { TableRow } from './use-table.ts'
import type { UsageView } from './use-usage-view.ts'

interface UsageTableRowProps {
  readonly line: TableRow
  readonly group: GroupKey
  readonly view: UsageView
  /** Share of all rows, 0 to 1. */
  readonly share: number
  /** Share of the largest row, 0 to 1: the length of the bar. */
  readonly size: number
}

/** One row of the table; expanded, it shows its models and details. */
export function UsageTableRow({ line, group, view, share, size }: UsageTableRowProps) {
  const { key, name, detail, row } = line
  const [open, setOpen] = useState(false)
  const id = useId()
  const atLeast = whyAtLeast(row)
  return (
    <>
      <tr>
        <th scope="row">
          <button type="button" className="row-name" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} title={key}>
            <Icon name={open ? 'down' : 'right'} size={14} />
            {group === 'model' && <i className="row-color" aria-hidden="true" style={{ background: modelColor(key) }} />}
            <span className="row-text">
              {name}
              {detail !== undefined && (
                <span className="row-place small muted" title={detail}>
                  {detail}
                </span>
              )}
            </span>
          </button>
        </th>
        <td className="row-share wide" title={formatPercent(share)}>
          <ShareBar share={size} />
          <span className="visually-hidden">{formatPercent(share)}</span>
        </td>
        <td>
          <Money value={row.cost_usd} calls={row.calls} atLeast={atLeast} />
        </td>
        <td>
          <Count value={row.total_tokens} atLeast={atLeast} />
        </td>
        <td className="wide">
          <Count value={row.input} />
        </td>
        <td className="wide">
          <Count value={row.output} atLeast={atLeast} />
        </td>
        <td className="wide">
          <Count value={row.write_5m + row.write_1h} />
        </td>
        <td className="wide">
          <Count value={row.read} />
        </td>
        <td className="wide">
          <Count value={row.calls} />
        </td>
      </tr>
      {open && (
        <tr className="row-detail" id={id}>
          <td colSpan={9}>
            <Detail line={line} group={group} view={view} />
          </td>
        </tr>
      )}
    </>
  )
}

/** The index of the first sum that is shown only where there is one. */
const FIRST_PROBLEM = 6

function Detail({ line, group, view }: Pick<UsageTableRowProps, 'line' | 'group' | 'view'>) {
  const { key, row } = line
  const link = narrowTo(group, key)
  return (
    <div className="detail">
      {key !== line.name && group !== 'hour' && <p className="detail-key small muted breakable">{key}</p>}
      {row.models.length > 0 && group !== 'model' && (
        <ul className="detail-models">
          {row.models.map((part) => (
            <li key={partKey(part)} title={partKey(part)}>
              <i className="row-color" aria-hidden="true" style={{ background: modelColor(partKey(part)) }} />
              <span>{formatModelName(partKey(part))}</span>
              <Money value={part.cost_usd} calls={part.calls} atLeast={whyAtLeast(part)} />
              <span className="muted">
                <Count value={part.total_tokens} unit="token" atLeast={whyAtLeast(part)} />{' '}
                <span aria-hidden="true">{t.tokenWord(part.total_tokens)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {group === 'project' && key !== '' && <ProjectFolders project={key} view={view} />}
      <dl className="detail-sums">
        {(
          [
            [t.input, row.input],
            [t.output, row.output],
            [t.cacheWrites5Min, row.write_5m],
            [t.cacheWrites1H, row.write_1h],
            [t.cacheReads, row.read],
            [t.calls, row.calls],
            [t.callsWithoutPrice, row.unpriced_calls],
            [t.unfinishedCalls, row.unfinished_calls],
            [t.callsWithOddNumber, row.odd_calls],
          ] as const
        ).map(([label, value], index) => (
          <div key={label} className={classNames(index >= FIRST_PROBLEM && value === 0 && 'detail-zero')}>
            <dt>{label}</dt>
            <dd>
              <Count value={value} />
            </dd>
          </div>
        ))}
        {row.first_call_at !== undefined && (
          <div>
            <dt>{t.firstCall}</dt>
            <dd>
              <Moment at={row.first_call_at} zone={view.zone} />
            </dd>
          </div>
        )}
        {row.last_call_at !== undefined && (
          <div>
            <dt>{t.lastCall}</dt>
            <dd>
              <Moment at={row.last_call_at} zone={view.zone} />
            </dd>
          </div>
        )}
      </dl>
      {group === 'session' && key !== '' && (
        <Link to="/sessions/$id" params={{ id: key }} className="button">
          <Icon name="right" size={14} /> {t.openSession}
        </Link>
      )}
      {link !== undefined && (
        <Button onClick={() => view.change(link.change)}>
          <Icon name="search" size={14} /> {link.label}
        </Button>
      )}
    </div>
  )
}

interface NarrowedView {
  readonly label: string
  readonly change: Partial<Record<keyof UsageSearch, string | undefined>>
}

/** The view of this row alone, if there is one. */
function narrowTo(group: GroupKey, key: string): NarrowedView | undefined {
  const days = (since: string, until: string) => ({ range: undefined, since, until, step: undefined })
  if (key === '') return undefined
  switch (group) {
    case 'day':
      return { label: t.showThisDay, change: days(key, key) }
    case 'week':
      return { label: t.showThisWeek, change: days(key, addDays(key, 6)) }
    case 'month':
      return { label: t.showThisMonth, change: days(`${key}-01`, lastDayOfMonth(key)) }
    case 'model': {
      const { model, isNotItemised } = readPartKey(key)
      const itemised = isNotItemised ? 'only' : undefined
      return {
        label: t.showOnlyThisModel,
        change: { model, not_itemised: itemised, table: undefined, find: undefined, sort: undefined },
      }
    }
    case 'project':
    case 'machine':
    case 'person': {
      const parts = group === 'project' ? { folder: undefined } : {}
      return {
        label: t.showOnlyThis(t.groupNames[group]),
        change: { ...parts, [group]: key, table: undefined, find: undefined, sort: undefined },
      }
    }
    default:
      return undefined
  }
}
