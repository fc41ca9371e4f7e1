import type { ClaudeSession } from '../hub/answer.ts'
import { Icon } from '../ui/icon.tsx'
import { Panel } from '../ui/panel.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { formatDuration } from '../ui/time-format.ts'
import { t } from '../words/session.ts'
import { Age } from './heartbeat-age.tsx'
import { buildSubagentTree, type SubagentNode } from './subagent-tree.ts'
import './subagents-panel.css'

/** The subagents of a session: which runs, which has ended, and how long each took. */
export function SubagentsPanel({
  claude,
  ended,
}: {
  readonly claude: ClaudeSession /** The session has ended. */
  readonly ended: boolean
}) {
  if (claude.subagents.length === 0) return null
  return (
    <Panel
      title={t.subagents}
      aside={<span className="small">{t.ofRunning(<b>{ended ? 0 : claude.subagents_running}</b>, claude.subagents.length)}</span>}
    >
      <SubagentList nodes={buildSubagentTree(claude.subagents)} sessionEnded={ended} />
    </Panel>
  )
}

function SubagentList({ nodes, sessionEnded }: { readonly nodes: readonly SubagentNode[]; readonly sessionEnded: boolean }) {
  return (
    <ul className="subagents">
      {nodes.map(({ agent, children }) => {
        const { agent_id, agent_type, started_at: started, ended_at: ended } = agent
        const running = ended === undefined && !sessionEnded
        return (
          <li key={agent_id} data-running={running || undefined}>
            <div className="subagent">
              <span className="task-icon" aria-hidden="true">
                {running ? <StatusIndicator color="green" /> : <Icon name="check" size={14} />}
              </span>
              <span className="breakable" title={agent_id}>
                {agent_type ?? t.subagent}
              </span>
              <span className="small muted">
                {running ? t.running : t.endedLabel}
                {started !== undefined &&
                  (ended !== undefined
                    ? t.took(formatDuration(Date.parse(ended) - Date.parse(started)))
                    : running && <>{t.forAge(<Age at={started} />)}</>)}
              </span>
            </div>
            {children.length > 0 && <SubagentList nodes={children} sessionEnded={sessionEnded} />}
          </li>
        )
      })}
    </ul>
  )
}
