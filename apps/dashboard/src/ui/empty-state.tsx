import { type ReactNode, useId } from 'react'
import { type Command, CommandList } from './command-list.tsx'
import './empty-state.css'

interface EmptyStateProps {
  readonly title: string
  readonly commands: readonly Command[]
  readonly children: ReactNode
  /** The next step that can be done from the page. */
  readonly action?: ReactNode
}

/** Shown instead of zeros while there is no data: what is missing, and the commands that provide it. */
export function EmptyState({ title, commands, children, action }: EmptyStateProps) {
  const id = useId()
  return (
    <section className="empty-state" aria-labelledby={id}>
      <svg className="empty-state-picture" viewBox="0 0 320 48" aria-hidden="true">
        <path d="M0 24h320" />
        <circle cx="40" cy="24" r="6" />
        <circle cx="160" cy="24" r="6" />
        <circle cx="280" cy="24" r="6" />
      </svg>
      <h2 id={id}>{title}</h2>
      <p className="muted">{children}</p>
      {action !== undefined && <p>{action}</p>}
      <CommandList commands={commands} />
    </section>
  )
}
