import type { IconName } from '../ui/icon.tsx'

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
  { to: '/', name: 'Today', icon: 'today', letter: 't' },
  { to: '/sessions', name: 'Sessions', icon: 'sessions', letter: 's' },
  { to: '/limits', name: 'Limits', icon: 'limits', letter: 'l' },
  { to: '/usage', name: 'Usage', icon: 'usage', letter: 'u' },
  { to: '/alerts', name: 'Alerts', icon: 'alerts', letter: 'a' },
  { to: '/machines', name: 'Machines', icon: 'machines', letter: 'm', isMore: true },
  { to: '/events', name: 'Events', icon: 'events', letter: 'e', isMore: true },
  { to: '/settings', name: 'Settings', icon: 'settings', letter: ',', isMore: true },
]
