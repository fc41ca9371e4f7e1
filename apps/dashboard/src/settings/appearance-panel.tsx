import { setShortcuts, useShortcutSetting } from '../shell/shortcut-setting.ts'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { chooseTheme, themeNames, themes, useTheme } from '../ui/theme.ts'
import { browserTimeZone } from '../ui/time-format.ts'
import { chooseLanguage, languageChoice, languageNames, languages, locale } from '../words/language.ts'
import { t } from '../words/settings.ts'
import './appearance-panel.css'

const languageChoices = [
  { value: 'browser' as const, label: t.languageOfBrowser },
  ...languages.map((value) => ({ value, label: languageNames[value] })),
]

/** Language, theme and keyboard shortcuts, stored in this browser. */
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
        <Segmented label={t.language} value={languageChoice} options={languageChoices} onChange={chooseLanguage} />
        <label className="appearance-switch">
          <input type="checkbox" checked={shortcuts} onChange={(event) => setShortcuts(event.target.checked)} />
          <span>{t.keyboardShortcutsWithoutModifier(<kbd>/</kbd>, <kbd>g</kbd>)}</span>
        </label>
        <p className="small muted">{t.storedInThisBrowser(browserTimeZone(), locale)}</p>
      </div>
    </Panel>
  )
}
