import { type ReactNode, useEffect, useState } from 'react'
import { useLive } from '../hub/live-context.ts'
import { Link } from '../router/link.tsx'
import { ConnectionStatus } from '../shell/connection-status.tsx'
import { Logo } from '../shell/logo.tsx'
import { OfflineNote } from '../shell/offline-note.tsx'
import { Button } from '../ui/button.tsx'
import { browserTimeZone, formatTime } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/wall.ts'
import { keepAwake } from './keep-awake.ts'
import './wall-frame.css'

/** Today on a wall: larger, without navigation, with a clock. The screen is kept awake, and old numbers look old. */
export function WallFrame({ children }: { readonly children: ReactNode }) {
  const { status, isOld } = useLive()
  const now = useNow(10_000)
  const [isFull, setFull] = useState(document.fullscreenElement !== null)
  useEffect(keepAwake, [])
  useEffect(() => {
    const { dataset } = document.documentElement
    dataset.wall = ''
    const follow = () => setFull(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', follow)
    return () => {
      delete dataset.wall
      document.removeEventListener('fullscreenchange', follow)
    }
  }, [])
  return (
    <div className="wall" data-live={status} data-old={isOld || undefined}>
      <header className="wall-head">
        <div className="brand">
          <Logo size={32} />
          <span>{t.signalbox}</span>
        </div>
        <ConnectionStatus />
        <span className="wall-actions">
          {!isFull && document.fullscreenEnabled && (
            <Button variant="bare" onClick={() => void document.documentElement.requestFullscreen().catch(() => {})}>
              {t.fullScreen}
            </Button>
          )}
          <Link to="/" className="button" data-variant="bare">
            {t.exit}
          </Link>
        </span>
        <time className="wall-clock" dateTime={new Date(now).toISOString()}>
          {formatTime(now, browserTimeZone())}
        </time>
      </header>
      <main id="main" className="wall-main">
        <OfflineNote />
        {children}
      </main>
    </div>
  )
}
