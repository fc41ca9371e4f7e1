import { MissingPart } from '../ui/missing-part.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { MissingFileError } from '../ui/until-loaded.ts'
import { t } from '../words/shell.ts'

/** Shown when a screen fails to render: a bug, or the hub was updated and the files of this page are gone. */
export function ErrorScreen({ error }: { readonly error: unknown }) {
  return (
    <div className="screen">
      <h1 className="visually-hidden">{t.thisScreenCouldNot}</h1>
      {error instanceof MissingFileError ? (
        <MissingPart />
      ) : (
        <ProblemNote
          message={t.thisScreenCouldNot}
          suggestion={t.reloadPageHubMay(error instanceof Error ? error.message : String(error))}
          reloads
        />
      )}
    </div>
  )
}
