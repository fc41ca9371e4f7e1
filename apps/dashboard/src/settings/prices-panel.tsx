import { useState } from 'react'
import { type PriceRow, type Prices, usePrices } from '../hub/price.ts'
import { toProblem } from '../hub/problem.ts'
import { useUsage } from '../hub/usage.ts'
import { QueryProblem } from '../shell/query-problem.tsx'
import { Button } from '../ui/button.tsx'
import { formatModelName } from '../ui/model-name.ts'
import { formatExact, formatExactUsd } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Scroller } from '../ui/scroller.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatDay, formatLongDay } from '../ui/time-format.ts'
import { isDay } from '../usage/calendar.ts'
import { t } from '../words/settings.ts'
import { byModel, usedModels } from './used-prices.ts'
import '../usage/chart-table.css'
import './prices-panel.css'

/** The price table of the hub with its rows, and the models without a price. */
export function PricesPanel() {
  const prices = usePrices()
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
          <QueryProblem query={prices} />
          {prices.data !== undefined && <PriceRows prices={prices.data} used={report.data.rows.map(({ model = '' }) => model)} />}
          {report.data.unpriced.length > 0 ? (
            <>
              <p className="small">{t.modelsWithoutPriceTheir}</p>
              <ul className="small">
                {report.data.unpriced.map((model) => (
                  <li key={model}>
                    {formatModelName(model) !== model && formatModelName(model)} <code className="breakable">{model}</code>
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p className="small muted">{t.everyModelInUse}</p>
          )}
          {prices.data !== undefined && <p className="small muted breakable">{t.sourceOfPrices(prices.data.source)}</p>}
          <p className="small muted">{t.costsAreComputedFrom(<code>PRICE_TABLE</code>)}</p>
        </div>
      )}
    </Panel>
  )
}

const classes = ['input', 'write_5m', 'write_1h', 'read', 'output'] as const

/** The prices of the models in use, and on demand of all. */
function PriceRows({ prices, used }: { readonly prices: Prices; readonly used: readonly string[] }) {
  const [isAll, setAll] = useState(false)
  const all = byModel(prices.rows)
  const own = usedModels(all, used)
  const shown = isAll || own.length === 0 ? all : own
  return (
    <>
      <Scroller label={t.pricesByModel} className="price-rows">
        <table className="figures price-table">
          <caption className="visually-hidden">{t.pricesPerMillion}</caption>
          <thead>
            <tr>
              <th scope="col">{t.model}</th>
              <th scope="col">{t.from}</th>
              <th scope="col">{t.prompt}</th>
              {classes.map((name) => (
                <th key={name} scope="col">
                  {t.priceClasses[name]}
                </th>
              ))}
            </tr>
          </thead>
          {shown.map(({ model, rows }) => (
            <tbody key={model}>
              {rows.map((row, index) => (
                <tr key={`${row.from} ${row.over}`}>
                  {index === 0 && (
                    <th scope="rowgroup" rowSpan={rows.length} title={model}>
                      {formatModelName(model)}
                    </th>
                  )}
                  <td>{row.from === undefined ? '' : formatDay(row.from)}</td>
                  <td>{promptOf(row)}</td>
                  {classes.map((name) => (
                    <td key={name}>{formatExactUsd(row[name])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </Scroller>
      <p className="small muted">{t.pricesPerMillion}</p>
      {own.length > 0 && own.length < all.length && (
        <div>
          <Button onClick={() => setAll(!isAll)}>{isAll ? t.onlyModelsInUse : t.allModels(all.length)}</Button>
        </div>
      )}
    </>
  )
}

function promptOf({ over, up_to }: PriceRow): string {
  return [over === undefined ? '' : `> ${formatExact(over)}`, up_to === undefined ? '' : `≤ ${formatExact(up_to)}`]
    .filter(Boolean)
    .join(', ')
}
