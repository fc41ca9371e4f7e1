import { Dialog } from '../ui/dialog.tsx'
import { t } from '../words/login.ts'
import { screens } from './screens.ts'
import { setShortcuts, useShortcutSetting } from './shortcut-setting.ts'
import './shortcut-list.css'

/** All keyboard shortcuts. */
export function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  const on = useShortcutSetting()
  const shortcuts = [
    ...screens.map(({ letter, name }) => ({ keys: ['g', letter], label: t.goTo(name) })),
    { keys: [t.ctrl, 'K'], label: t.searchAndCommandsK },
    { keys: ['a'], label: t.askQuestionInWords },
    { keys: ['/'], label: t.searchOnThisScreen },
    { keys: ['←', '→'], label: t.inChartPreviousOr },
    { keys: [t.enter], label: t.inChartOpenThis },
    { keys: ['?'], label: t.showThisList },
    { keys: [t.esc], label: t.closeDialogOrMenu },
  ]
  return (
    <Dialog onClose={onClose} title={t.keyboardShortcuts}>
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
        {t.keyboardShortcutsWithoutModifier}
      </label>
    </Dialog>
  )
}
