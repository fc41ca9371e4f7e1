import { useState } from 'react'
import type { Session } from '../hub/answer.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { Scroller } from '../ui/scroller.tsx'
import './raw-panel.css'

/** The session as the hub answers it, for those who ask it by program. */
export function RawPanel({ session }: { readonly session: Session }) {
  const [open, setOpen] = useState(false)
  return (
    <Panel
      title="Raw record"
      aside={
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Show'}
        </Button>
      }
    >
      <p className="small muted">
        The answer to <code className="breakable">GET /sessions/{session.session_id}</code>, live.
      </p>
      {open && (
        <Scroller label="Raw record" className="raw-record">
          <pre>{JSON.stringify(session, undefined, 2)}</pre>
        </Scroller>
      )}
    </Panel>
  )
}
