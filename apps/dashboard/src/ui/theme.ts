import { useSyncExternalStore } from 'react'
import { t } from '../words/ui.ts'
import { stored } from './stored.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const themeNames: Record<Theme, string> = { system: t.system, light: t.light, dark: t.dark }

/** build/theme-first.js reads it too, before the first paint. */
const STORAGE_KEY = 'signalbox.theme'

const listeners = new Set<() => void>()
const systemDark = matchMedia('(prefers-color-scheme: dark)')

function currentTheme(): Theme {
  const theme = document.documentElement.dataset.theme
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

function notify(): void {
  for (const listener of listeners) listener()
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  stored.write(STORAGE_KEY, theme === 'system' ? undefined : theme)
  notify()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  systemDark.addEventListener('change', listener)
  return () => {
    listeners.delete(listener)
    systemDark.removeEventListener('change', listener)
  }
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme)
}

/** The theme on the screen, with `system` resolved. */
export function useShade(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const theme = currentTheme()
    return theme === 'system' ? (systemDark.matches ? 'dark' : 'light') : theme
  })
}
