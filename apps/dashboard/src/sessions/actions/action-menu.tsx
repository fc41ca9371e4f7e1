import { DropdownMenu } from 'radix-ui'
import { Icon } from '../../ui/icon.tsx'
import { t } from '../../words/session-actions.ts'
import { actionTexts, type SessionAction } from './session-action.ts'
import '../../ui/menu.css'

interface ActionMenuProps {
  readonly actions: readonly SessionAction[]
  readonly name: string
  readonly onPick: (action: SessionAction) => void
}

/** The actions of a session; open when it appears, because the button that asked for it stood here. */
export function ActionMenu({ actions, name, onPick }: ActionMenuProps) {
  return (
    // Modal mode inserts a style element, which the content security policy forbids.
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger className="row-menu" aria-label={t.actionsFor(name)}>
        <Icon name="more" size={18} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={12}>
          {actions.map((action, index) => (
            <DropdownMenu.Item key={action} ref={index === 0 ? focusSoon : null} className="menu-item" onSelect={() => onPick(action)}>
              {actionTexts[action].name}
              {actionTexts[action].confirm === undefined ? '' : ' …'}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** The menu opens with the key that asked for it, before it can see that it was one; it focuses itself first. */
function focusSoon(item: HTMLElement | null): void {
  if (item !== null) requestAnimationFrame(() => item.focus())
}
