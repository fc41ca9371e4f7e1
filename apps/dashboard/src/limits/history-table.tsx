import type { LimitHistory } from '../hub/answer.ts'
import { windowLabel } from '../hub/limit-row.ts'
import { formatPercent } from '../ui/number-format.ts'
import { Scroller } from '../ui/scroller.tsx'
import { t } from '../words/limit-history.ts'
import { buildHistoryRows, periodNames } from './history-rows.ts'
import type { HistoryRange } from './limit-search.ts'
import '../usage/chart-table.css'

/** The chart as a table: the highest value of each period, and its resets. */
export function HistoryTable({
  history,
  range,
  zone,
}: {
  readonly history: LimitHistory
  readonly range: HistoryRange
  readonly zone: string
}) {
  return (
    <Scroller className="chart-table" label={t.historyTable}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{periodNames[range]}</th>
            {history.series.map(({ label }) => (
              <th scope="col" key={label}>
                {windowLabel(label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buildHistoryRows(history, range, zone).map(({ key, label, cells }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              {cells.map((cell, index) => (
                <td key={history.series[index]?.label}>
                  {cell === undefined ? (
                    <span className="muted">–</span>
                  ) : (
                    <>
                      {cell.resets > 0 && <span className="muted">{cell.resets === 1 ? t.resetLabel : t.resets(cell.resets)} </span>}
                      <data value={cell.highest}>{formatPercent(cell.highest / 100)}</data>
                    </>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
