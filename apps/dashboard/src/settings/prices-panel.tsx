import { toProblem } from '../hub/problem.ts'
import { useUsage } from '../hub/usage.ts'
import { formatModelName } from '../ui/model-name.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatLongDay } from '../ui/time-format.ts'
import { isDay } from '../usage/calendar.ts'
import './prices-panel.css'

/** The price table of the hub, and the models without a price. */
export function PricesPanel() {
  const report = useUsage({ group: 'model', timezone: browserTimeZone() })
  return (
    <Panel title="Prices">
      {report.data === undefined ? (
        report.error === null ? (
          <Skeleton height={90} label="Loading prices" />
        ) : (
          <ProblemNote {...toProblem(report.error)} onRetry={() => report.refetch()} />
        )
      ) : (
        <div className="prices">
          <p>
            Price table <b>{report.data.price_table.version}</b>,{' '}
            {isDay(report.data.price_table.date) ? formatLongDay(report.data.price_table.date) : report.data.price_table.date}
          </p>
          {report.data.unpriced.length > 0 ? (
            <>
              <p className="small">Models without a price; their cost is unknown:</p>
              <ul className="small">
                {report.data.unpriced.map((model) => (
                  <li key={model}>
                    {formatModelName(model)} <code className="breakable">{model}</code>
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p className="small muted">Every model in use has a price.</p>
          )}
          <p className="small muted">
            Costs are computed from the calls with the prices of their day. To use another table, set <code>PRICE_TABLE</code> on the hub.
          </p>
        </div>
      )}
    </Panel>
  )
}
