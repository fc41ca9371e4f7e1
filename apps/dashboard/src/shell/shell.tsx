import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useLive } from '../hub/live-context.ts'
import { isUnauthorized } from '../hub/query-client.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { CurrentScreen } from '../router/screens-view.tsx'
import { usePlace } from '../router/use-router.ts'
import { ConnectionStatus } from './connection-status.tsx'
import { Logo } from './logo.tsx'
import { Navigation } from './navigation.tsx'
import { OfflineNote } from './offline-note.tsx'
import { ThemeButton } from './theme-button.tsx'
import { useShortcuts } from './use-shortcuts.ts'
import { ZoneNote } from './zone-note.tsx'
import './shell.css'

const Login = lazy(() => import('./login.tsx').then(({ Login }) => ({ default: Login })))
const ShortcutList = lazy(() => import('./shortcut-list.tsx').then(({ ShortcutList }) => ({ default: ShortcutList })))

/** The frame of every screen: logo, navigation, connection status, theme. Shows the sign-in form when the hub requires a key. */
export function Shell() {
  const who = useWhoAmI()
  const { status } = useLive()
  const [shortcutsOpen, setShortcutsOpen] = useState(false)
  const signedOut = isUnauthorized(who.error)
  useShortcuts({ enabled: !signedOut, onList: () => setShortcutsOpen(true) })
  const main = useFocusOnNavigation()

  if (signedOut) {
    return (
      <Suspense>
        <Login />
      </Suspense>
    )
  }
  return (
    <div className="shell" data-live={status}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="rail">
        <div className="brand">
          <Logo size={32} />
          <span>Signalbox</span>
        </div>
        <Navigation />
        <div className="rail-foot">
          <ConnectionStatus />
          <ThemeButton />
          <button type="button" className="rail-help" onClick={() => setShortcutsOpen(true)} aria-label="Keyboard shortcuts">
            ?
          </button>
        </div>
      </header>
      <main id="main" className="main" tabIndex={-1} ref={main}>
        <OfflineNote />
        <ZoneNote />
        <CurrentScreen />
      </main>
      {shortcutsOpen && (
        <Suspense>
          <ShortcutList onClose={() => setShortcutsOpen(false)} />
        </Suspense>
      )}
    </div>
  )
}

/** Focuses the content after a navigation; otherwise a screen reader stays on the link. */
function useFocusOnNavigation() {
  const { path } = usePlace()
  const main = useRef<HTMLElement>(null)
  const previous = useRef(path)
  useEffect(() => {
    if (previous.current === path) return
    previous.current = path
    main.current?.focus({ preventScroll: true })
  }, [path])
  return main
}
