import type { IconName } from '../ui/icon.tsx'
import { t } from '../words/shell.ts'

export interface Screen {
  readonly to: '/' | '/sessions' | '/machines' | '/limits' | '/usage' | '/alerts' | '/events' | '/settings'
  readonly name: string
  readonly icon: IconName
  /** Second key of the shortcut, after `g`. */
  readonly letter: string
  /** On a phone it is behind “More”. */
  readonly isMore?: true
}

/** Every screen of the navigation, in order. */
export const screens: readonly Screen[] = [
  { to: '/', name: t.today, icon: 'today', letter: 't' },
  { to: '/sessions', name: t.sessions, icon: 'sessions', letter: 's' },
  { to: '/limits', name: t.limits, icon: 'limits', letter: 'l' },
  { to: '/usage', name: t.usage, icon: 'usage', letter: 'u' },
  { to: '/alerts', name: t.alerts, icon: 'alerts', letter: 'a' },
  { to: '/machines', name: t.machines, icon: 'machines', letter: 'm', isMore: true },
  { to: '/events', name: t.events, icon: 'events', letter: 'e', isMore: true },
  { to: '/settings', name: t.settings, icon: 'settings', letter: ',', isMore: true },
]
