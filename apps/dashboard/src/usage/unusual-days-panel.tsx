import { useMemo } from 'react'
import { useUsage } from '../hub/usage.ts'
import { Money } from '../ui/amount.tsx'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Panel } from '../ui/panel.tsx'
import { formatWeekdayAndDay } from '../ui/time-format.ts'
import { t } from '../words/usage.ts'
import { addDays } from './calendar.ts'
import { formatGroupNames } from './group-name.ts'
import { countDays } from './range.ts'
import { findUnusualDays, type UnusualDay } from './unusual-days.ts'
import type { UsageView } from './use-usage-view.ts'
import './unusual-days-panel.css'

/** What each day is compared with. */
const DAYS_BEFORE = 28
/** Longer periods are not looked through. */
const MAX_DAYS = 400
const MAX_SHOWN = 5

/** The days of the period that cost unusually much, with the reason; nothing where there are none. */
export function UnusualDaysPanel({ view }: { readonly view: UsageView }) {
  const { base, range, today, zone, change } = view
  const { since } = range
  const days = countDays(range, today)
  const enabled = since !== undefined && days !== undefined && days <= MAX_DAYS
  const report = useUsage(
    { ...base, group: 'day', split: 'project', ...(since === undefined ? {} : { since: addDays(since, -DAYS_BEFORE) }) },
    { enabled },
  )
  const found = useMemo(
    () => (enabled && report.data?.group === 'day' ? findUnusualDays(report.data.rows, since) : []),
    [enabled, report.data, since],
  )
  if (found.length === 0) return null
  const shown = found.toSorted((a, b) => b.costUsd - b.usualUsd - (a.costUsd - a.usualUsd)).slice(0, MAX_SHOWN)
  return (
    <Panel
      title={t.unusualDays}
      className="unusual"
      aside={found.length > shown.length && <span className="small muted">{t.theFurthestFromUsual(shown.length, found.length)}</span>}
    >
      <ul>
        {shown.map((one) => (
          <li key={one.day}>
            <Icon name="warning" size={15} />
            <Button variant="bare" onClick={() => change({ range: undefined, since: one.day, until: one.day, step: undefined })}>
              {formatWeekdayAndDay(one.day)}
            </Button>
            <Reason day={one} zone={zone} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Reason({ day: { costUsd, usualUsd, cause }, zone }: { readonly day: UnusualDay; readonly zone: string }) {
  return (
    <p>
      {t.usually(
        <Money value={costUsd} />,
        <Money value={usualUsd} />,
        cause !== undefined && (
          <span className="muted">
            {t.mostOfRiseIs(
              formatGroupNames('project', [cause.name], zone)[0],
              <Money value={cause.costUsd} />,
              <Money value={cause.usualUsd} />,
            )}
          </span>
        ),
      )}
    </p>
  )
}
