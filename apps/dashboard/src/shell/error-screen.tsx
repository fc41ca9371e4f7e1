import { ProblemNote } from '../ui/problem-note.tsx'

/** Shown when a screen fails to render: a bug, or the hub was updated and the files of this page are gone. */
export function ErrorScreen({ error }: { readonly error: unknown }) {
  return (
    <div className="screen">
      <ProblemNote
        message="This screen could not be displayed."
        suggestion={`Reload the page: the hub may have been updated since it was opened. (${error instanceof Error ? error.message : String(error)})`}
        onRetry={() => location.reload()}
      />
    </div>
  )
}
