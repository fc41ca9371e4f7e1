import { useState } from 'react'
import { ShortcutList } from '../shell/shortcut-list.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'

/** The way to the list of keyboard shortcuts, which is also where they are turned off. */
export function ShortcutsPanel() {
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel title="Keyboard shortcuts">
      <p>
        <kbd>/</kbd> searches, <kbd>g</kbd> and a letter opens a screen, <kbd>?</kbd> lists them all.
      </p>
      <p>
        <Button onClick={() => setOpen(true)}>Show all</Button>
      </p>
      {isOpen && <ShortcutList onClose={() => setOpen(false)} />}
    </Panel>
  )
}
