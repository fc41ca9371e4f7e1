import { Suspense, useEffect, useRef, useState } from 'react'
import { openAsk, useAsked } from '../ask/asked.ts'
import { useLive } from '../hub/live-context.ts'
import { isUnauthorized } from '../hub/query-client.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { CurrentScreen } from '../router/screens-view.tsx'
import { usePlace } from '../router/use-router.ts'
import type { TodaySearch } from '../today/today-range.ts'
import { Icon } from '../ui/icon.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { t } from '../words/shell.ts'
import { ConnectionStatus } from './connection-status.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Logo } from './logo.tsx'
import { Navigation } from './navigation.tsx'
import { OfflineNote } from './offline-note.tsx'
import { ThemeButton } from './theme-button.tsx'
import { useShortcuts } from './use-shortcuts.ts'
import { ZoneNote } from './zone-note.tsx'
import './not-loaded.css'
import './shell.css'

const Palette = lazyPart(() => import('../palette/palette.tsx').then(({ Palette }) => ({ default: Palette })))
const AskPanel = lazyPart(() => import('../ask/ask-panel.tsx').then(({ AskPanel }) => ({ default: AskPanel })))
const AfterLoad = lazyPart(() => import('./after-load.tsx').then(({ AfterLoad }) => ({ default: AfterLoad })))
const UpgradeNote = lazyPart(() => import('./upgrade-note.tsx').then(({ UpgradeNote }) => ({ default: UpgradeNote })))
const WallFrame = lazyPart(() => import('../wall/wall-frame.tsx').then(({ WallFrame }) => ({ default: WallFrame })))
const Login = lazyPart(() => import('./login.tsx').then(({ Login }) => ({ default: Login })))
const ShortcutList = lazyPart(() => import('./shortcut-list.tsx').then(({ ShortcutList }) => ({ default: ShortcutList })))

/** The frame of every screen: logo, navigation, connection status, theme. Shows the sign-in form when the hub requires a key. */
export function Shell() {
  const who = useWhoAmI()
  const { status, isOld } = useLive()
  const [shortcutsOpen, setShortcutsOpen] = useState(false)
  const signedOut = isUnauthorized(who.error)
  const [paletteOpen, setPaletteOpen] = useState(false)
  const asked = useAsked()
  useShortcuts({ enabled: !signedOut, onList: () => setShortcutsOpen(true), onPalette: () => setPaletteOpen(true), onAsk: openAsk })
  const isLoaded = useAfterLoad()
  const isWall = (usePlace().search as TodaySearch).wall === '1'
  const main = useFocusOnNavigation()

  if (signedOut) {
    return (
      <Suspense>
        <Login />
      </Suspense>
    )
  }
  const overlays = (
    <>
      <ErrorBoundary>
        <Suspense>
          {shortcutsOpen && <ShortcutList onClose={() => setShortcutsOpen(false)} />}
          {paletteOpen && <Palette onClose={() => setPaletteOpen(false)} onShortcuts={() => setShortcutsOpen(true)} />}
        </Suspense>
      </ErrorBoundary>
      <ErrorBoundary>
        <Suspense>{isLoaded && <AfterLoad />}</Suspense>
      </ErrorBoundary>
    </>
  )
  if (isWall) {
    return (
      <Suspense>
        <WallFrame>
          <CurrentScreen />
        </WallFrame>
        {overlays}
      </Suspense>
    )
  }
  return (
    <div className="shell" data-live={status} data-old={isOld || undefined}>
      <a className="skip" href="#main">
        {t.skipToContent}
      </a>
      <header className="rail">
        <div className="brand">
          <Logo size={32} />
          <span>{t.signalboxLabel}</span>
        </div>
        <Navigation />
        <div className="rail-foot">
          <ConnectionStatus />
          <button
            type="button"
            className="rail-help rail-search"
            onClick={() => setPaletteOpen(true)}
            aria-label={t.searchAndCommands}
            title={t.searchAndCommandsCtrl}
            aria-keyshortcuts="Control+K Meta+K"
          >
            <Icon name="search" />
          </button>
          <button
            type="button"
            className="rail-help rail-search"
            onClick={() => openAsk()}
            aria-label={t.ask}
            title={t.askA}
            aria-keyshortcuts="a"
          >
            <Icon name="ask" />
          </button>
          <ThemeButton />
          <button type="button" className="rail-help" onClick={() => setShortcutsOpen(true)} aria-label={t.keyboardShortcuts}>
            ?
          </button>
        </div>
      </header>
      <main id="main" className="main" tabIndex={-1} ref={main}>
        <OfflineNote />
        <ZoneNote />
        <ErrorBoundary>
          <Suspense fallback={null}>{isLoaded && <UpgradeNote />}</Suspense>
        </ErrorBoundary>
        <CurrentScreen />
      </main>
      <ErrorBoundary>
        <Suspense>{asked !== undefined && <AskPanel asked={asked} />}</Suspense>
      </ErrorBoundary>
      {overlays}
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

/** So long after the first render the rest is loaded: no sooner than the screen itself. */
const AFTER_LOAD_MS = 2_000

function useAfterLoad(): boolean {
  const [isLoaded, setLoaded] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLoaded(true), AFTER_LOAD_MS)
    return () => clearTimeout(timer)
  }, [])
  return isLoaded
}
