import type { IconName } from '../ui/icon.tsx'

export interface Screen {
  readonly to: '/' | '/sessions' | '/limits' | '/usage' | '/settings'
  readonly name: string
  readonly icon: IconName
  /** Pressed after `g`. */
  readonly letter: string
}

/** Every door there is, in the order in which they hang. */
export const screens: readonly Screen[] = [
  { to: '/', name: 'Today', icon: 'today', letter: 't' },
  { to: '/sessions', name: 'Sessions', icon: 'sessions', letter: 's' },
  { to: '/limits', name: 'Limits', icon: 'limits', letter: 'l' },
  { to: '/usage', name: 'Usage', icon: 'usage', letter: 'u' },
  { to: '/settings', name: 'Settings', icon: 'settings', letter: ',' },
]
