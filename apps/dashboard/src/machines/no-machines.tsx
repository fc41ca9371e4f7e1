import { EmptyState } from '../ui/empty-state.tsx'

const commands = [
  {
    label: 'Start the hub and the collector on this machine',
    command: 'npm start',
    copyLabel: 'the start command',
  },
]

/** Shown while the hub knows no machine. */
export function NoMachines({ mayAdd }: { readonly mayAdd: boolean }) {
  return (
    <EmptyState title="No machines yet" commands={commands}>
      A machine appears here as soon as a collector runs on it, or a session.
      {mayAdd && ' “Add machine” gives the line to paste on another one.'}
    </EmptyState>
  )
}
