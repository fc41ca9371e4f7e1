import { EmptyState } from '../ui/empty-state.tsx'
import { t } from '../words/machines.ts'

const commands = [
  {
    label: t.startHubAndCollector,
    command: 'npm start',
    copyLabel: t.theStartCommand,
  },
]

/** Shown while the hub knows no machine. */
export function NoMachines({ mayAdd }: { readonly mayAdd: boolean }) {
  return (
    <EmptyState title={t.noMachinesYet} commands={commands}>
      {t.aMachineAppearsHere(mayAdd && t.addMachineGivesLineTo)}
    </EmptyState>
  )
}
