import { useHubHealth } from '../hub/health.ts'
import { toProblem } from '../hub/problem.ts'
import { hubUrl } from '../ui/hub-url.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { formatDuration } from '../ui/time-format.ts'

/** The hub that served the page. */
export function AboutPanel() {
  const health = useHubHealth()
  return (
    <Panel title="About">
      {health.error !== null && health.data === undefined && <ProblemNote {...toProblem(health.error)} onRetry={() => health.refetch()} />}
      {health.data !== undefined && (
        <p>
          Signalbox <b>{health.data.version}</b>, running for {formatDuration(health.data.uptime * 1_000)}
        </p>
      )}
      <p className="small muted">
        Every route is described by <a href={`${hubUrl}/api/docs/openapi.json`}>its API document</a>.
      </p>
    </Panel>
  )
}
