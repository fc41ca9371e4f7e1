import { t } from '../words/ui.ts'
import { Button } from './button.tsx'
import { ProblemNote } from './problem-note.tsx'

interface MissingPartProps {
  /** Of a dialog. */
  readonly onClose?: () => void
}

/** In the place of a part whose file the hub no longer has. */
export function MissingPart({ onClose }: MissingPartProps) {
  const note = <ProblemNote message={t.partIsMissing} suggestion={t.hubHasOtherFiles} reloads />
  if (onClose === undefined) return note
  return (
    <div className="missing-dialog">
      {note}
      <Button onClick={onClose}>{t.close}</Button>
    </div>
  )
}
