import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { startLive } from './hub/live.ts'
import { LiveContext } from './hub/live-context.ts'
import { createQueryClient } from './hub/query-client.ts'
import { router } from './route.tsx'
import './ui/tokens.css'
import './ui/base.css'

const Widget = lazy(() => import('./limits/widget.tsx').then(({ Widget }) => ({ default: Widget })))
/** The card alone has no screens to go to, and so no router. */
const alone = /^\/widget(\/|$)/.test(location.pathname)

const queryClient = createQueryClient()
const live = startLive(queryClient)

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no place to draw in')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LiveContext value={live}>
        {alone ? (
          <Suspense>
            <Widget />
          </Suspense>
        ) : (
          <RouterProvider router={router} />
        )}
      </LiveContext>
    </QueryClientProvider>
  </StrictMode>,
)
