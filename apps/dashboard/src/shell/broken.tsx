import type { ErrorComponentProps } from '@tanstack/react-router'
import { ProblemNote } from '../ui/problem-note.tsx'

/** A screen that could not be drawn: our fault, or the hub was updated and the old page asks for files that are gone. */
export function Broken({ error }: ErrorComponentProps) {
  return (
    <div className="screen">
      <ProblemNote
        message="This screen could not be drawn."
        suggestion={`Load the page again; the hub may have been updated since it was opened. (${error instanceof Error ? error.message : String(error)})`}
        onRetry={() => location.reload()}
      />
    </div>
  )
}
