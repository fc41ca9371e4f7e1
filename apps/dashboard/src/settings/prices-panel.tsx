import { toProblem } from '../hub/problem.ts'
import { useUsage } from '../hub/usage.ts'
import { formatModelName } from '../ui/model-name.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatLongDay } from '../ui/time-format.ts'
import { isDay } from '../usage/calendar.ts'
import { t } from '../words/settings.ts'
import './prices-panel.css'

/** The price table of the hub, and the models without a price. */
export function PricesPanel() {
  const report = useUsage({ group: 'model', timezone: browserTimeZone() })
  return (
    <Panel title={t.prices}>
      {report.data === undefined ? (
        report.error === null ? (
          <Skeleton height={90} label={t.loadingPrices} />
        ) : (
          <ProblemNote {...toProblem(report.error)} onRetry={() => report.refetch()} />
        )
      ) : (
        <div className="prices">
          <p>
            {t.priceTable(
              <b>{report.data.price_table.version}</b>,
              isDay(report.data.price_table.date) ? formatLongDay(report.data.price_table.date) : report.data.price_table.date,
            )}
          </p>
          {report.data.unpriced.length > 0 ? (
            <>
              <p className="small">{t.modelsWithoutPriceTheir}</p>
              <ul className="small">
                {report.data.unpriced.map((model) => (
                  <li key={model}>
                    {formatModelName(model)} <code className="breakable">{model}</code>
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p className="small muted">{t.everyModelInUse}</p>
          )}
          <p className="small muted">{t.costsAreComputedFrom(<code>PRICE_TABLE</code>)}</p>
        </div>
      )}
    </Panel>
  )
}
