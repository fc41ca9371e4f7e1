import { type ReactNode, Suspense, useState } from 'react'
import { t } from '../words/ui.ts'
import { Button } from './button.tsx'
import './chart-or-table.css'

interface ChartOrTableProps {
  /** Loads on demand; `chart-space` keeps its place meanwhile. */
  readonly chart: () => ReactNode
  readonly table: () => ReactNode
  readonly legend: (asTable: boolean) => ReactNode
  /** What the chart shows, or how to use it. */
  readonly note: ReactNode
}

/** A chart, its legend and a note, and the switch that shows its numbers as a table instead. */
export function ChartOrTable({ chart, table, legend, note }: ChartOrTableProps) {
  const [asTable, setAsTable] = useState(false)
  return (
    <>
      {asTable ? table() : <Suspense fallback={<div className="chart-space" />}>{chart()}</Suspense>}
      {legend(asTable)}
      <div className="chart-foot">
        <p className="small muted">{note}</p>
        <Button variant="bare" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t.showAsChart : t.showAsTable}
        </Button>
      </div>
    </>
  )
}
