import { useState } from 'react'
import type { CurrentLimits } from '../hub/answer.ts'
import { rowsOf, type WindowRow, windowLabel } from '../hub/limit-row.ts'
import { useLimitVersion } from '../hub/limits.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { formatExact, formatPercent } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Scroller } from '../ui/scroller.tsx'
import { browserTimeZone, formatExactMoment, formatMoment } from '../ui/time-format.ts'
import { t } from '../words/limit-history.ts'
import '../usage/chart-table.css'
import './versions-panel.css'

/** Two versions of the limits side by side: each is a snapshot as it was sent. */
export function VersionsPanel({ account }: { readonly account: string | undefined }) {
  // Counted from the newest, so that a new snapshot moves both along.
  const [[before, after], setChosen] = useState<readonly [number, number]>([-2, -1])
  const second = useLimitVersion(after, account)
  // A hub with one version refuses to give an earlier one.
  const first = useLimitVersion(before, account, { enabled: (second.data?.versionInfo.total ?? 0) > 1 })
  const versions = [first, second] as const
  const [earlier, later] = versions.map(({ data }) => data)
  const failed = versions.find(({ error, data }) => error !== null && data === undefined)
  const total = later?.versionInfo.total ?? earlier?.versionInfo.total ?? 0
  // Before the newest has loaded, and where there is nothing to compare it with.
  if (total < 2) return null
  const zone = browserTimeZone()
  return (
    <Panel title={t.versions} className="versions" aside={<span className="small muted">{t.stored(formatExact(total))}</span>}>
      {failed?.error && <ProblemNote {...toProblem(failed.error)} onRetry={() => void failed.refetch()} />}
      <Scroller className="chart-table" label={t.twoVersionsSideBy}>
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">{t.window}</th>
              <VersionHead
                name={t.earlier}
                version={earlier}
                at={before}
                total={total}
                zone={zone}
                onChange={(next) => setChosen([next, after])}
              />
              <VersionHead
                name={t.later}
                version={later}
                at={after}
                total={total}
                zone={zone}
                onChange={(next) => setChosen([before, next])}
              />
              <th scope="col">{t.difference}</th>
            </tr>
          </thead>
          <tbody>
            {earlier !== undefined &&
              later !== undefined &&
              compareVersions(earlier, later).map((line) => <VersionRow key={line.key} line={line} zone={zone} />)}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  )
}

interface VersionHeadProps {
  readonly name: string
  readonly version: CurrentLimits | undefined
  /** -1 is the newest. */
  readonly at: number
  readonly total: number
  readonly zone: string
  readonly onChange: (at: number) => void
}

function VersionHead({ name, version, at, total, zone, onChange }: VersionHeadProps) {
  const instant = version === undefined ? undefined : Date.parse(version.lastUpdated)
  return (
    <th scope="col">
      <span className="versions-step">
        <Button variant="bare" aria-label={t.olderVersion(name)} disabled={-at >= total} onClick={() => onChange(at - 1)}>
          ‹
        </Button>
        <span title={instant === undefined ? undefined : formatExactMoment(instant, zone)}>
          {instant === undefined ? '…' : formatMoment(instant, zone)}
        </span>
        <Button variant="bare" aria-label={t.newerVersion(name)} disabled={at >= -1} onClick={() => onChange(at + 1)}>
          ›
        </Button>
      </span>
      <span className="small muted">
        {version === undefined ? '' : t.versionOf(formatExact(version.versionInfo.current), formatExact(total), version.source)}
      </span>
    </th>
  )
}

interface VersionLine {
  readonly key: string
  readonly label: string
  readonly earlier: WindowRow | undefined
  readonly later: WindowRow | undefined
}

/** The windows of either version, each as it was when it was captured. */
function compareVersions(earlier: CurrentLimits, later: CurrentLimits): VersionLine[] {
  const [first, second] = [earlier, later].map((one) => rowsOf(one, Date.parse(one.lastUpdated))) as [WindowRow[], WindowRow[]]
  const all = [...second, ...first.filter(({ key }) => !second.some((one) => one.key === key))]
  return all.map(({ key, label }) => ({
    key,
    label,
    earlier: first.find((one) => one.key === key),
    later: second.find((one) => one.key === key),
  }))
}

const SAME_RESET_MS = 60_000

function VersionRow({ line: { label, earlier, later }, zone }: { readonly line: VersionLine; readonly zone: string }) {
  const isSame =
    earlier?.resetsAt !== undefined && later?.resetsAt !== undefined && Math.abs(earlier.resetsAt - later.resetsAt) < SAME_RESET_MS
  const difference = earlier === undefined || later === undefined ? undefined : later.percent - earlier.percent
  return (
    <tr>
      <th scope="row">{windowLabel(label)}</th>
      <VersionCell row={earlier} zone={zone} />
      <VersionCell row={later} zone={zone} />
      <td>
        {difference === undefined ? (
          <span className="muted">–</span>
        ) : !isSame && (earlier?.resetsAt !== undefined || later?.resetsAt !== undefined) ? (
          <span className="muted">{t.anotherWindow}</span>
        ) : (
          <data value={difference}>
            {difference === 0 ? t.none : `${difference > 0 ? '+' : '−'}${formatPercent(Math.abs(difference) / 100)}`}
          </data>
        )}
      </td>
    </tr>
  )
}

function VersionCell({ row, zone }: { readonly row: WindowRow | undefined; readonly zone: string }) {
  if (row === undefined) return <td className="muted">{t.notInIt}</td>
  return (
    <td>
      <data value={row.percent}>{formatPercent(row.percent / 100)}</data>
      <span className="versions-reset small muted">
        {row.state === 'idle'
          ? t.notRunning
          : row.resetsAt !== undefined
            ? t.resetsAt(formatMoment(row.resetsAt, zone))
            : row.resetsText === undefined
              ? ''
              : t.resetsAt(row.resetsText.replace(/^resets /i, ''))}
      </span>
    </td>
  )
}
