import { DropdownMenu } from 'radix-ui'
import type { ListedMachine } from '../hub/answer.ts'
import { Icon } from '../ui/icon.tsx'
import { t } from '../words/machines.ts'
import '../sessions/actions/row-controls.css'
import '../ui/menu.css'

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
  return (
    // Modal mode inserts a style element, which the content security policy forbids.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="row-menu" aria-label={t.actionsFor(machine.machine_id)}>
        <Icon name="more" size={18} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={12}>
          {actions
            .filter(([, , possible]) => possible)
            .map(([action, name]) => (
              <DropdownMenu.Item key={action} className="menu-item" onSelect={() => onPick(action)}>
                {name}
              </DropdownMenu.Item>
            ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
