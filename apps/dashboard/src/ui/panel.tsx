import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import './panel.css'

interface PanelProps {
  readonly title: string
  /** Beside the title: a switch, a figure, a link. */
  readonly aside?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

/** One instrument of the board: a named region. */
export function Panel({ title, aside, children, className }: PanelProps) {
  const id = useId()
  return (
    <section className={classNames('panel', className)} aria-labelledby={id}>
      <header className="panel-head">
        <h2 className="plate" id={id}>
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
