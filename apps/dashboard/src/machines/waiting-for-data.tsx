import { useConnectedCollectors } from '../hub/machine.ts'
import { Link } from '../router/link.tsx'
import { collectorCommand, isOnLoopback } from '../ui/collector-command.ts'
import { EmptyState } from '../ui/empty-state.tsx'

const startCommand = { label: 'Start the hub and the collector on this machine', command: 'npm start', copyLabel: 'the start command' }
const otherCommands = [
  { label: 'Still no data? Check the setup', command: 'npx signalbox doctor', copyLabel: 'the command that checks the setup' },
  ...(isOnLoopback
    ? []
    : [
        {
          label: 'Send data from another machine',
          command: collectorCommand(),
          copyLabel: 'the command for another machine',
        },
      ]),
]

/** The line to paste on another machine, with a code that is made there. */
const addMachine = (
  <Link to="/machines" className="button">
    Add a machine
  </Link>
)

/** Shown while the hub has no calls. */
export function WaitingForData() {
  const collecting = useConnectedCollectors() ?? []
  if (collecting.length > 0) {
    return (
      <EmptyState title="Waiting for data" commands={otherCommands}>
        {collecting.length === 1 ? `The collector on ${collecting[0]} is connected` : `${collecting.length} collectors are connected`}, and
        Claude Code has made no call there yet. Start <code>claude</code> and say something: this page updates by itself.
      </EmptyState>
    )
  }
  return (
    <EmptyState title="Waiting for data" commands={[startCommand, ...otherCommands]} action={addMachine}>
      Connected, no data yet. The collector sends the calls of Claude Code, which it reads from the transcripts on each machine. This page
      updates as soon as the first one arrives.
    </EmptyState>
  )
}
