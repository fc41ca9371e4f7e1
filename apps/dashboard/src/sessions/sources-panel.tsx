import type { Session, SessionSourceRow } from '../hub/answer.ts'
import { useSessionSources } from '../hub/session.ts'
import { describeSource, formatSource } from '../hub/session-sources.ts'
import { Scroller } from '../ui/scroller.tsx'
import { browserTimeZone, formatExactMoment, formatExactTime } from '../ui/time-format.ts'
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
        <h2 className="overline">Sources</h2> <span className="small">{sources.map(formatSource).join(', ')}</span>
      </summary>
      <p className="small muted">Of each field, the newest value of the most exact source is shown.</p>
      <Scroller label="What each source reports" className="sources-table">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Source</th>
              <th scope="col">Value</th>
              <th scope="col">As of</th>
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
        {believed && <span className="visually-hidden"> (shown)</span>}
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
