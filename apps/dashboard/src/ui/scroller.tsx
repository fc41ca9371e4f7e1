import type { ReactNode, Ref } from 'react'
import { classNames } from './class-names.ts'
import './scroller.css'

interface ScrollerProps {
  readonly label: string
  readonly className: string
  readonly children: ReactNode
  readonly ref?: Ref<HTMLElement>
}

/** A scrollable region, reachable by keyboard. */
export function Scroller({ label, className, children, ref }: ScrollerProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section className={classNames('scroller', className)} aria-label={label} tabIndex={0} ref={ref}>
      {children}
    </section>
  )
}
