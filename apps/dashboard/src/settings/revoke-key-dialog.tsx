import type { Key } from '../hub/answer.ts'
import { useRevokeKey } from '../hub/key.ts'
import { problemOf } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'

interface RevokeKeyDialogProps {
  readonly entry: Key
  readonly onClose: () => void
}

/** Asks before what cannot be undone. */
export function RevokeKeyDialog({ entry, onClose }: RevokeKeyDialogProps) {
  const revoke = useRevokeKey()
  return (
    <Dialog onClose={onClose} title={`Revoke “${entry.name}”?`}>
      <p>Whoever uses this key is refused from now on. This cannot be undone; a new key can be made at any time.</p>
      {revoke.error !== null && <ProblemNote {...problemOf(revoke.error)} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" disabled={revoke.isPending} onClick={() => revoke.mutate(entry.key_id, { onSuccess: onClose })}>
          Revoke
        </Button>
      </div>
    </Dialog>
  )
}
