import { Dialog } from '../ui/dialog.tsx'
import { screens } from './screens.ts'
import { setShortcuts, useShortcutSetting } from './shortcut-setting.ts'
import './shortcut-list.css'

/** Every key and what it does. */
export function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  const on = useShortcutSetting()
  const shortcuts = [
    ...screens.map(({ letter, name }) => ({ keys: ['g', letter], about: `Go to ${name}` })),
    { keys: ['/'], about: 'Find in the table of Usage' },
    { keys: ['←', '→'], about: 'On a chart: from bar to bar' },
    { keys: ['Enter'], about: 'On a chart: look into this bar' },
    { keys: ['?'], about: 'This list' },
    { keys: ['Esc'], about: 'Close what is open' },
  ]
  return (
    <Dialog onClose={onClose} title="Keyboard">
      <dl className="shortcuts">
        {shortcuts.map(({ keys, about }) => (
          <div key={about}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
      <label className="shortcut-switch">
        <input type="checkbox" checked={on} onChange={(event) => setShortcuts(event.target.checked)} />
        Keys without a modifier are on
      </label>
    </Dialog>
  )
}
