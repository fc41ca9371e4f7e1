import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/shell.ts'

/** Shown when a screen fails to render: a bug, or the hub was updated and the files of this page are gone. */
export function ErrorScreen({ error }: { readonly error: unknown }) {
  return (
    <div className="screen">
      <ProblemNote
        message={t.thisScreenCouldNot}
        suggestion={t.reloadPageHubMay(error instanceof Error ? error.message : String(error))}
        onRetry={() => location.reload()}
      />
    </div>
  )
}
