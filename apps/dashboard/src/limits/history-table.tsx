import type { LimitHistory } from '../hub/answer.ts'
import { percent } from '../ui/number-format.ts'
import { Scroller } from '../ui/scroller.tsx'
import { historyRows, stretchNames } from './history-rows.ts'
import type { HistoryRange } from './limit-search.ts'
import '../usage/chart-table.css'

/** The chart in figures: the highest of each stretch, and where a window began anew. */
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
    <Scroller className="chart-table" label="The history as a table">
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{stretchNames[range]}</th>
            {history.series.map(({ label }) => (
              <th scope="col" key={label}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {historyRows(history, range, zone).map(({ key, label, cells }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              {cells.map((cell, index) => (
                <td key={history.series[index]?.label}>
                  {cell === undefined ? (
                    <span className="quiet">–</span>
                  ) : (
                    <>
                      {cell.resets > 0 && <span className="quiet">{cell.resets === 1 ? 'reset' : `${cell.resets} resets`} </span>}
                      <data value={cell.most}>{percent(cell.most / 100)}</data>
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
