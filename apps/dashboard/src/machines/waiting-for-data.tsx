import { useConnectedCollectors } from '../hub/machine.ts'
import { Link } from '../router/link.tsx'
import { collectorCommand, isOnLoopback } from '../ui/collector-command.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { t } from '../words/machines.ts'

const startCommand = { label: t.startHubAndCollector, command: 'npm start', copyLabel: t.theStartCommand }
const otherCommands = [
  { label: t.stillNoDataCheck, command: 'npx signalbox doctor', copyLabel: t.theCommandThatChecks },
  ...(isOnLoopback
    ? []
    : [
        {
          label: t.sendDataFromAnother,
          command: collectorCommand(),
          copyLabel: t.theCommandForAnother,
        },
      ]),
]

/** The line to paste on another machine, with a code that is made there. */
const addMachine = (
  <Link to="/machines" className="button">
    {t.addAMachine}
  </Link>
)

/** Shown while the hub has no calls. */
export function WaitingForData() {
  const collecting = useConnectedCollectors() ?? []
  const [first] = collecting
  if (first !== undefined) {
    return (
      <EmptyState title={t.waitingForData} commands={otherCommands}>
        {t.andClaudeCodeHas(
          collecting.length === 1 ? t.theCollectorOnIs(first) : t.collectorsAreConnected(collecting.length),
          <code>claude</code>,
        )}
      </EmptyState>
    )
  }
  return (
    <EmptyState title={t.waitingForData} commands={[startCommand, ...otherCommands]} action={addMachine}>
      {t.connectedNoDataYet}
    </EmptyState>
  )
}
