import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import './figure-list.css'

export interface Figure {
  readonly label: string
  readonly value: ReactNode
}

interface FigureListProps {
  readonly figures: readonly Figure[]
  /** `columns`: labels above their values; `rows`: a line for each. */
  readonly layout?: 'columns' | 'rows'
  readonly className?: string
}

/** Labelled figures. */
export function FigureList({ figures, layout = 'columns', className }: FigureListProps) {
  return (
    <dl className={classNames('figure-list', className)} data-layout={layout}>
      {figures.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
