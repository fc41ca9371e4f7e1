import type { Key } from '../hub/answer.ts'
import { useRevokeKey } from '../hub/key.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/settings.ts'

interface RevokeKeyDialogProps {
  readonly entry: Key
  readonly onClose: () => void
}

/** Confirms a revocation, which cannot be undone. */
export function RevokeKeyDialog({ entry, onClose }: RevokeKeyDialogProps) {
  const revoke = useRevokeKey()
  return (
    <Dialog onClose={onClose} title={t.revokeQuestion(entry.name)}>
      <p>{t.everyClientThatUses}</p>
      {revoke.error !== null && <ProblemNote {...toProblem(revoke.error)} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t.cancel}</Button>
        <Button variant="danger" disabled={revoke.isPending} onClick={() => revoke.mutate(entry.key_id, { onSuccess: onClose })}>
          {t.revoke}
        </Button>
      </div>
    </Dialog>
  )
}
