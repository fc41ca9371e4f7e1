import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import { collectorCommand } from '../ui/collector-command.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { hubUrl } from '../ui/hub-url.ts'
import { t } from '../words/board.ts'

/** Shown while the hub has never had a session: what is happening, and how to get one. */
export function NoSessions() {
  const who = useWhoAmI()
  const key = who.data?.bypass === false ? ' -H "Authorization: Bearer $SIGNALBOX_API_KEY"' : ''
  const post = (path: string, body: object) =>
    `curl ${hubUrl}${path}${key} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
  const commands = [
    {
      label: t.startCollectorWhereYou,
      command: collectorCommand(),
      copyLabel: t.theCommandThatStarts,
    },
    {
      label: t.orCreateSessionFrom,
      command: post('/sessions', { project_id: 'engine', machine_id: 'laptop' }),
      copyLabel: t.theCommandThatCreates,
    },
    {
      label: t.sendHeartbeatWithIts,
      command: post('/sessions/SESSION_ID/heartbeat', { activity: 'waiting', waiting_for: 'permission' }),
      copyLabel: t.theCommandThatSends,
    },
    {
      label: t.orStartDemoWith,
      command: 'npm run demo',
      copyLabel: t.theCommandThatStartsDemo,
    },
  ]
  return (
    <EmptyState title={t.noSessionsYet} commands={commands} action={addMachine}>
      {t.noMachineHasCollector}
    </EmptyState>
  )
}

const addMachine = (
  <Link to="/machines" className="button">
    {t.addMachine}
  </Link>
)
