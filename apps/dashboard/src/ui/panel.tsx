import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import './panel.css'

interface PanelProps {
  readonly title: string
  /** Next to the title: a control, a figure or a link. */
  readonly aside?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

/** A titled region of a screen. */
export function Panel({ title, aside, children, className }: PanelProps) {
  const id = useId()
  return (
    <section className={classNames('panel', className)} aria-labelledby={id}>
      <header className="panel-head">
        <h2 className="overline" id={id}>
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
