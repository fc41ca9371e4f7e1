import { Suspense, useState } from 'react'
import { useHubHealth } from '../hub/health.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { hubUrl } from '../ui/hub-url.ts'
import { lazyPart } from '../ui/lazy-part.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { formatDuration } from '../ui/time-format.ts'
import { t } from '../words/settings.ts'
import './about-panel.css'

const WhatsNewDialog = lazyPart(() => import('./whats-new-dialog.tsx').then((file) => ({ default: file.WhatsNewDialog })))

/** The hub that served the page. */
export function AboutPanel() {
  const health = useHubHealth()
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel title={t.about}>
      {health.error !== null && health.data === undefined && <ProblemNote {...toProblem(health.error)} onRetry={() => health.refetch()} />}
      {health.data !== undefined && (
        <p>{t.signalboxRunningFor(<b>{health.data.version}</b>, formatDuration(health.data.uptime * 1_000))}</p>
      )}
      <p className="about-new">
        <Button onClick={() => setOpen(true)}>{t.whatsNewDots}</Button>
      </p>
      <Suspense fallback={null}>{isOpen && <WhatsNewDialog onClose={() => setOpen(false)} />}</Suspense>
      <p className="small muted">{t.everyRouteIsDescribed(<a href={`${hubUrl}/api/docs/openapi.json`}>{t.itsApiDocument}</a>)}</p>
    </Panel>
  )
}
