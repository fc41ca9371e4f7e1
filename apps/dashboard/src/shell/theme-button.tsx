import { Icon } from '../ui/icon.tsx'
import { chooseTheme, themeNames, themes, useTheme } from '../ui/theme.ts'
import { t } from '../words/shell.ts'
import './theme-button.css'

/** Switches to the next theme; Settings shows all three. */
export function ThemeButton() {
  const theme = useTheme()
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
  return (
    <button
      type="button"
      className="theme-button"
      onClick={() => chooseTheme(next)}
      title={t.theme(themeNames[theme])}
      aria-label={t.themeChangeTo(themeNames[theme], themeNames[next])}
    >
      <Icon name={theme} />
    </button>
  )
}
