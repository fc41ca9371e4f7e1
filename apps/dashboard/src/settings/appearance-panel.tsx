import { setShortcuts, useShortcutSetting } from '../shell/shortcut-setting.ts'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { chooseTheme, themeNames, themes, useTheme } from '../ui/theme.ts'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/settings.ts'
import './appearance-panel.css'

/** Theme and keyboard shortcuts, stored in this browser. */
export function AppearancePanel() {
  const theme = useTheme()
  const shortcuts = useShortcutSetting()
  return (
    <Panel title={t.appearance}>
      <div className="appearance">
        <Segmented
          label={t.theme}
          value={theme}
          options={themes.map((value) => ({ value, label: themeNames[value] }))}
          onChange={chooseTheme}
        />
        <label className="appearance-switch">
          <input type="checkbox" checked={shortcuts} onChange={(event) => setShortcuts(event.target.checked)} />
          <span>{t.keyboardShortcutsWithoutModifier(<kbd>/</kbd>, <kbd>g</kbd>)}</span>
        </label>
        <p className="small muted">{t.storedInThisBrowser(browserTimeZone(), navigator.language)}</p>
      </div>
    </Panel>
  )
}
