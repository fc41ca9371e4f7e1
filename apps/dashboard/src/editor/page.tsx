import { focusManager, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { fetchFromEditor, keepInEditor, onEditorMessage } from '../hub/editor-hub.ts'
import { createLive } from '../hub/live.ts'
import { LiveContext, useLive } from '../hub/live-context.ts'
import { createQueryClient, isUnauthorized } from '../hub/query-client.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { LimitsCards } from '../limits/limits-cards.tsx'
import { RouterProvider } from '../router/screens-view.tsx'
import { SessionScreen } from '../sessions/session.tsx'
import { ErrorBoundary } from '../shell/error-boundary.tsx'
import { OfflineNote } from '../shell/offline-note.tsx'
import { t } from '../words/shell.ts'
import { EditorRouter } from './editor-router.ts'
import '../ui/tokens.css'
import '../ui/base.css'
import '../shell/shell.css'
// Figures of every screen.
import '../today/today.css'
import './editor.css'

globalThis.fetch = fetchFromEditor
const { screen, session = '' } = document.documentElement.dataset
const queryClient = createQueryClient()
const live = createLive(queryClient)
const router = new EditorRouter(screen === 'session' ? `/sessions/${encodeURIComponent(session)}` : '/')
if (screen === 'session') keepInEditor({ sessionId: session })

/** The hub or its key is another one. */
onEditorMessage((message) => {
  // Nothing is asked again and again for a window that no one looks at.
  if (message.kind === 'window') focusManager.setFocused(message.isFocused ? undefined : false)
  if (message.kind !== 'reset') return
  live.connection.reopen()
  void queryClient.resetQueries()
})

function Page() {
  const who = useWhoAmI()
  const { isOld } = useLive()
  // The editor has the command for it.
  if (isUnauthorized(who.error)) return <p className="editor-note">{t.hubRefusesTheKey}</p>
  return screen === 'session' ? (
    <main className="editor-session" data-old={isOld || undefined}>
      <OfflineNote />
      <SessionScreen />
    </main>
  ) : (
    <main className="editor-card" data-old={isOld || undefined}>
      <LimitsCards />
    </main>
  )
}

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root element')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LiveContext value={live}>
        <RouterProvider router={router}>
          <ErrorBoundary>
            <Page />
          </ErrorBoundary>
        </RouterProvider>
      </LiveContext>
    </QueryClientProvider>
  </StrictMode>,
)
live.start()
