import { useState } from 'react'
import { ShortcutList } from '../shell/shortcut-list.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { t } from '../words/settings.ts'

/** The way to the list of keyboard shortcuts, which is also where they are turned off. */
export function ShortcutsPanel() {
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel title={t.keyboardShortcuts}>
      <p className="shortcuts-how">{t.searchesAndLetterOpens(<kbd>/</kbd>, <kbd>g</kbd>, <kbd>?</kbd>)}</p>
      <p>
        <Button onClick={() => setOpen(true)}>{t.showAll}</Button>
      </p>
      {isOpen && <ShortcutList onClose={() => setOpen(false)} />}
    </Panel>
  )
}
