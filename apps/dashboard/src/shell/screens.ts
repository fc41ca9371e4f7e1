import type { IconName } from '../ui/icon.tsx'

export interface Screen {
  readonly to: '/' | '/sessions' | '/machines' | '/limits' | '/usage' | '/alerts' | '/settings'
  readonly name: string
  readonly icon: IconName
  /** Second key of the shortcut, after `g`. */
  readonly letter: string
}

/** Every screen of the navigation, in order. */
export const screens: readonly Screen[] = [
  { to: '/', name: 'Today', icon: 'today', letter: 't' },
  { to: '/sessions', name: 'Sessions', icon: 'sessions', letter: 's' },
  { to: '/machines', name: 'Machines', icon: 'machines', letter: 'm' },
  { to: '/limits', name: 'Limits', icon: 'limits', letter: 'l' },
  { to: '/usage', name: 'Usage', icon: 'usage', letter: 'u' },
  { to: '/alerts', name: 'Alerts', icon: 'alerts', letter: 'a' },
  { to: '/settings', name: 'Settings', icon: 'settings', letter: ',' },
]
