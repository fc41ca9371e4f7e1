import type { ReactNode } from 'react'
import { CopyLine } from './copy-line.tsx'
import './command-list.css'

export interface Command {
  readonly label: ReactNode
  readonly command: string
  /** Completes `Copy …`, for screen readers. */
  readonly copyLabel: string
}

/** Commands to run, each with its purpose and a copy button. */
export function CommandList({ commands }: { readonly commands: readonly Command[] }) {
  return (
    <dl className="command-list">
      {commands.map(({ label, command, copyLabel }) => (
        <div key={copyLabel}>
          <dt>{label}</dt>
          <dd>
            <CopyLine text={command} label={copyLabel} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
