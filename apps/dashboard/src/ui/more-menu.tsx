import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import './menu.css'

interface MoreMenuProps {
  /** What it is a menu of, for screen readers. */
  readonly label: string
  readonly items: readonly { readonly key: string; readonly name: ReactNode; onSelect(): void }[]
  readonly className?: string
  readonly iconSize?: number
  readonly align?: 'start' | 'end'
  /** Opens when it appears, because the button that asked for it stood here. */
  readonly defaultOpen?: boolean
}

/** A button with three dots, and what can be done with the thing beside it. */
export function MoreMenu({ label, items, className = 'row-menu', iconSize = 18, align = 'end', defaultOpen = false }: MoreMenuProps) {
  return (
    // Modal mode inserts a style element, which the content security policy forbids.
    <DropdownMenu.Root modal={false} defaultOpen={defaultOpen}>
      <DropdownMenu.Trigger className={className} aria-label={label}>
        <Icon name="more" size={iconSize} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align={align} sideOffset={4} collisionPadding={12}>
          {items.map(({ key, name, onSelect }, index) => (
            <DropdownMenu.Item key={key} ref={defaultOpen && index === 0 ? focusSoon : null} className="menu-item" onSelect={onSelect}>
              {name}
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
