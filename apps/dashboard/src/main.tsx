import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, Suspense, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { forgetFirstRequests } from './hub/first-requests.ts'
import { createLive } from './hub/live.ts'
import { LiveContext } from './hub/live-context.ts'
import { createQueryClient } from './hub/query-client.ts'
import { routes } from './route.tsx'
import { Router } from './router/router.ts'
import { RouterProvider } from './router/screens-view.tsx'
import { ErrorBoundary } from './shell/error-boundary.tsx'
import { Shell } from './shell/shell.tsx'
import { loadFirstData } from './today/first-data.ts'
import { hubPath } from './ui/hub-url.ts'
import { lazyPart } from './ui/lazy-part.ts'
import { whenIdle } from './ui/when-idle.ts'
import './ui/tokens.css'
import './ui/base.css'

const Widget = lazyPart(() => import('./limits/widget.tsx').then(({ Widget }) => ({ default: Widget })))
/** Cards alone have no navigation; their links leave them. */
const isWidget = /^\/widget(\/|$)/.test(location.pathname.slice(hubPath.length))

// Behind a proxy the hub has one address, to which its cookie belongs; it may also be opened beside the proxy.
if (!`${location.pathname}/`.startsWith(`${hubPath}/`)) location.replace(`${hubPath}${location.pathname}${location.search}${location.hash}`)

const queryClient = createQueryClient()
const live = createLive(queryClient)
const router = new Router(`${hubPath}/app`, routes)

/** So long the first screen waits for its data, with the frame of the page: most hubs answer sooner, and it is rendered once. */
const FIRST_DATA_MS = 300

if (!isWidget && router.place().route === '/')
  await Promise.race([loadFirstData(queryClient), new Promise((resolve) => setTimeout(resolve, FIRST_DATA_MS))])

/** The stream of events opens after the first screen: what it refetches then takes no time from it. */
function FollowEvents() {
  useEffect(
    () =>
      whenIdle(() => {
        forgetFirstRequests()
        live.start()
      }),
    [],
  )
  return null
}

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root element')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LiveContext value={live}>
        <RouterProvider router={router}>
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
        <FollowEvents />
      </LiveContext>
    </QueryClientProvider>
  </StrictMode>,
)
