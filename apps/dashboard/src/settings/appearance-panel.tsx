import { setShortcuts, useShortcutSetting } from '../shell/shortcut-setting.ts'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { chooseTheme, themeNames, themes, useTheme } from '../ui/theme.ts'
import { browserZone } from '../ui/time-format.ts'
import './appearance-panel.css'

/** How it looks on this device; kept in this browser and nowhere else. */
export function AppearancePanel() {
  const theme = useTheme()
  const shortcuts = useShortcutSetting()
  return (
    <Panel title="On this device">
      <div className="appearance">
        <Segmented
          label="Theme"
          value={theme}
          options={themes.map((value) => ({ value, label: themeNames[value] }))}
          onChange={chooseTheme}
        />
        <label className="appearance-switch">
          <input type="checkbox" checked={shortcuts} onChange={(event) => setShortcuts(event.target.checked)} />
          <span>
            Keys without a modifier, such as <kbd>/</kbd> and <kbd>g</kbd>
          </span>
        </label>
        <p className="small quiet">
          Days begin at midnight in {browserZone()}; numbers and dates are written as in {navigator.language}.
        </p>
      </div>
    </Panel>
  )
}
