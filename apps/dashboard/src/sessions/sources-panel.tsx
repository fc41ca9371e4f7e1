import type { Session, SessionSourceRow } from '../hub/answer.ts'
import { useSessionSources } from '../hub/session.ts'
import { describeSource, formatSource } from '../hub/session-sources.ts'
import { Scroller } from '../ui/scroller.tsx'
import { browserTimeZone, formatExactMoment, formatExactTime } from '../ui/time-format.ts'
import { t } from '../words/session.ts'
import { formatField, formatSourceValue, sortSources } from './source-field.ts'
import './sources-panel.css'

/** What every source reports about each field of a session of Claude Code, closed at first. */
export function SourcesPanel({ session }: { readonly session: Session }) {
  const rows = useSessionSources(session.session_id).data ?? []
  if (rows.length === 0) return null
  const sources = [...new Set(rows.map(({ source }) => source))]
  return (
    <details className="panel sources">
      <summary>
        <h2 className="overline">{t.sources}</h2> <span className="small">{sources.map(formatSource).join(', ')}</span>
      </summary>
      <p className="small muted">{t.ofEachFieldNewest}</p>
      <Scroller label={t.whatEachSourceReports} className="sources-table">
        <table>
          <thead>
            <tr>
              <th scope="col">{t.field}</th>
              <th scope="col">{t.sourceLabel}</th>
              <th scope="col">{t.value}</th>
              <th scope="col">{t.asOf}</th>
            </tr>
          </thead>
          <tbody>
            {sortSources(rows).map((row) => (
              <SourceRow key={`${row.field} ${row.source}`} row={row} />
            ))}
          </tbody>
        </table>
      </Scroller>
    </details>
  )
}

function SourceRow({ row: { field, source, value, at, believed } }: { readonly row: SessionSourceRow }) {
  const zone = browserTimeZone()
  const instant = Date.parse(at)
  return (
    <tr data-believed={believed || undefined}>
      <th scope="row">{formatField(field)}</th>
      <td title={describeSource(source)}>
        {formatSource(source)}
        {believed && <span className="visually-hidden">{t.shown}</span>}
      </td>
      <td className="breakable">{formatSourceValue(field, value, zone)}</td>
      <td>
        <time dateTime={at} title={formatExactMoment(instant, zone)}>
          {formatExactTime(instant, zone)}
        </time>
      </td>
    </tr>
  )
}
