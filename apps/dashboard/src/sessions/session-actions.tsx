import type { Session } from '../hub/answer.ts'
import { Button } from '../ui/button.tsx'
import { actionTexts, possibleActions } from './actions/session-action.ts'
import { useSessionControls } from './actions/session-controls.tsx'

/** What can be done with the session of the page. */
export function SessionActions({ session }: { readonly session: Session }) {
  const controls = useSessionControls()
  if (controls === undefined) return null
  return (
    <div className="session-actions">
      {possibleActions(session, controls).map((action) => (
        <Button key={action} onClick={() => controls.start(action, [session])}>
          {actionTexts[action].name}
        </Button>
      ))}
    </div>
  )
}
