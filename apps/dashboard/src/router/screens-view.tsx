import { type ReactNode, useSyncExternalStore } from 'react'
import { ErrorBoundary } from '../shell/error-boundary.tsx'
import { ErrorScreen } from '../shell/error-screen.tsx'
import { NotFound } from '../shell/not-found.tsx'
import { type AnyRouter, PlaceContext, RouterContext, usePlace } from './use-router.ts'

/** Gives everything below it the router and the place that is shown. */
export function RouterProvider({ router, children }: { readonly router: AnyRouter; readonly children: ReactNode }) {
  const place = useSyncExternalStore(router.subscribe, router.place)
  return (
    <RouterContext value={router}>
      <PlaceContext value={place}>{children}</PlaceContext>
    </RouterContext>
  )
}

/** The screen of the address. */
export function CurrentScreen() {
  const { route, path, component: Screen, error } = usePlace()
  if (route === undefined) return <NotFound />
  if (error !== undefined) return <ErrorScreen error={error} />
  // Another session is another screen: nothing of the one before stays.
  return Screen === undefined ? null : (
    <ErrorBoundary key={path}>
      <Screen />
    </ErrorBoundary>
  )
}
