import type { ListedMachine } from '../hub/answer.ts'
import { MoreMenu } from '../ui/more-menu.tsx'
import { t } from '../words/machines.ts'
import '../sessions/actions/row-controls.css'

export type MachineAction = 'maintenance' | 'service' | 'slots' | 'fail' | 'remove'

interface MachineMenuProps {
  readonly machine: ListedMachine
  readonly liveSessions: number
  readonly mayRemove: boolean
  readonly onPick: (action: MachineAction) => void
}

/** What can be done with a machine. */
export function MachineMenu({ machine, liveSessions, mayRemove, onPick }: MachineMenuProps) {
  const actions: readonly (readonly [MachineAction, string, boolean])[] = [
    ['maintenance', t.putIntoMaintenance, machine.status !== 'maintenance'],
    ['service', t.endMaintenance, machine.status === 'maintenance'],
    ['slots', t.changeSlots, true],
    ['fail', t.failItsSessions, machine.status === 'offline' && liveSessions > 0],
    ['remove', t.removeItem, mayRemove && liveSessions === 0],
  ]
  const items = actions
    .filter(([, , possible]) => possible)
    .map(([action, name]) => ({ key: action, name, onSelect: () => onPick(action) }))
  return <MoreMenu label={t.actionsFor(machine.machine_id)} items={items} />
}
