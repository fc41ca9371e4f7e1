import { problemOf } from '../hub/problem.ts'
import { useUsage } from '../hub/usage.ts'
import { modelName } from '../ui/model-name.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserZone, longDay } from '../ui/time-format.ts'
import { isDay } from '../usage/calendar.ts'
import './prices-panel.css'

/** Which price table the hub counts with, and which models it does not know. */
export function PricesPanel() {
  const report = useUsage({ group: 'model', timezone: browserZone() })
  return (
    <Panel title="Prices in use">
      {report.data === undefined ? (
        report.error === null ? (
          <Skeleton height={90} label="The prices are being fetched" />
        ) : (
          <ProblemNote {...problemOf(report.error)} onRetry={() => report.refetch()} />
        )
      ) : (
        <div className="prices">
          <p>
            Table <b>{report.data.price_table.version}</b> of{' '}
            {isDay(report.data.price_table.date) ? longDay(report.data.price_table.date) : report.data.price_table.date}
          </p>
          {report.data.unpriced.length > 0 ? (
            <>
              <p className="small">Without a price, so that their cost is unknown:</p>
              <ul className="small">
                {report.data.unpriced.map((model) => (
                  <li key={model}>
                    {modelName(model)} <code className="breakable">{model}</code>
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p className="small quiet">Every model that was used has a price.</p>
          )}
          <p className="small quiet">
            Costs are worked out from the calls each time they are shown, by the prices of their day. Another table: set{' '}
            <code>PRICE_TABLE</code> for the hub.
          </p>
        </div>
      )}
    </Panel>
  )
}
