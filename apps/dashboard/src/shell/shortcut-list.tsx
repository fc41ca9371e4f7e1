import { Dialog } from '../ui/dialog.tsx'
import { screens } from './screens.ts'
import { setShortcuts, useShortcutSetting } from './shortcut-setting.ts'
import './shortcut-list.css'

/** All keyboard shortcuts. */
export function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  const on = useShortcutSetting()
  const shortcuts = [
    ...screens.map(({ letter, name }) => ({ keys: ['g', letter], label: `Go to ${name}` })),
    { keys: ['Ctrl', 'K'], label: 'Search and commands (⌘ K on a Mac)' },
    { keys: ['/'], label: 'Search on this screen, or everywhere' },
    { keys: ['←', '→'], label: 'In a chart: previous or next bar' },
    { keys: ['Enter'], label: 'In a chart: open this bar' },
    { keys: ['?'], label: 'Show this list' },
    { keys: ['Esc'], label: 'Close a dialog or menu' },
  ]
  return (
    <Dialog onClose={onClose} title="Keyboard shortcuts">
      <dl className="shortcuts">
        {shortcuts.map(({ keys, label }) => (
          <div key={label}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
      <label className="shortcut-switch">
        <input type="checkbox" checked={on} onChange={(event) => setShortcuts(event.target.checked)} />
        Keyboard shortcuts without a modifier
      </label>
    </Dialog>
  )
}
