import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { startLive } from './hub/live.ts'
import { LiveContext } from './hub/live-context.ts'
import { createQueryClient } from './hub/query-client.ts'
import { routes } from './route.tsx'
import { Router } from './router/router.ts'
import { RouterProvider } from './router/screens-view.tsx'
import { ErrorBoundary } from './shell/error-boundary.tsx'
import { Shell } from './shell/shell.tsx'
import { hubPath } from './ui/hub-url.ts'
import { lazyPart } from './ui/lazy-part.ts'
import './ui/tokens.css'
import './ui/base.css'

const Widget = lazyPart(() => import('./limits/widget.tsx').then(({ Widget }) => ({ default: Widget })))
/** Cards alone have no navigation; their links leave them. */
const isWidget = /^\/widget(\/|$)/.test(location.pathname.slice(hubPath.length))

// Behind a proxy the hub has one address, to which its cookie belongs; it may also be opened beside the proxy.
if (!`${location.pathname}/`.startsWith(`${hubPath}/`)) location.replace(`${hubPath}${location.pathname}${location.search}${location.hash}`)

const queryClient = createQueryClient()
const live = startLive(queryClient)

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root element')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LiveContext value={live}>
        <RouterProvider router={new Router(`${hubPath}/app`, routes)}>
          <ErrorBoundary>
            {isWidget ? (
              <Suspense>
                <Widget />
              </Suspense>
            ) : (
              <Shell />
            )}
          </ErrorBoundary>
        </RouterProvider>
      </LiveContext>
    </QueryClientProvider>
  </StrictMode>,
)
