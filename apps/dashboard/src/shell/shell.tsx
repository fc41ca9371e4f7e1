import { Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useIsCreatingKey } from '../hub/key.ts'
import { useLive } from '../hub/live-context.ts'
import { isUnauthorized } from '../hub/query-client.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { LiveDot } from './live-dot.tsx'
import { Login } from './login.tsx'
import { Mark } from './mark.tsx'
import { Navigation } from './navigation.tsx'
import { OfflineNote } from './offline-note.tsx'
import { ThemeButton } from './theme-button.tsx'
import { useShortcuts } from './use-shortcuts.ts'
import './shell.css'

const ShortcutList = lazy(() => import('./shortcut-list.tsx').then(({ ShortcutList }) => ({ default: ShortcutList })))

/** What is around every screen: brand, doors, live dot, theme; or the question for a key, when the hub asks for one. */
export function Shell() {
  const who = useWhoAmI()
  const { status } = useLive()
  const [listed, setListed] = useState(false)
  const creatingKey = useIsCreatingKey()
  const locked = isUnauthorized(who.error) && !creatingKey
  useShortcuts({ enabled: !locked, onList: () => setListed(true) })
  const main = useFocusOnNavigation()

  if (locked) return <Login />
  return (
    <div className="shell" data-live={status}>
      <a className="skip" href="#main">
        Skip to the numbers
      </a>
      <header className="rail">
        <div className="brand">
          <Mark size={32} />
          <span>Signalbox</span>
        </div>
        <Navigation />
        <div className="rail-foot">
          <LiveDot />
          <ThemeButton />
          <button type="button" className="rail-help" onClick={() => setListed(true)} aria-label="Keyboard shortcuts">
            ?
          </button>
        </div>
      </header>
      <main id="main" className="main" tabIndex={-1} ref={main}>
        <OfflineNote />
        <Outlet />
      </main>
      {listed && (
        <Suspense>
          <ShortcutList onClose={() => setListed(false)} />
        </Suspense>
      )}
    </div>
  )
}

/** Another screen is read from its beginning; without this a screen reader stays on the link that was pressed. */
function useFocusOnNavigation() {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const main = useRef<HTMLElement>(null)
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current === path) return
    shown.current = path
    main.current?.focus({ preventScroll: true })
  }, [path])
  return main
}
