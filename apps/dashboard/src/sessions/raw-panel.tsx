import { useState } from 'react'
import type { Session } from '../hub/answer.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { Scroller } from '../ui/scroller.tsx'
import { t } from '../words/session.ts'
import './raw-panel.css'

/** The session as the hub answers it, for those who ask it by program. */
export function RawPanel({ session }: { readonly session: Session }) {
  const [open, setOpen] = useState(false)
  return (
    <Panel
      title={t.rawRecord}
      aside={
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t.hide : t.show}
        </Button>
      }
    >
      <p className="small muted">{t.theAnswerToLive(<code className="breakable">GET /sessions/{session.session_id}</code>)}</p>
      {open && (
        <Scroller label={t.rawRecord} className="raw-record">
          <pre>{JSON.stringify(session, undefined, 2)}</pre>
        </Scroller>
      )}
    </Panel>
  )
}
