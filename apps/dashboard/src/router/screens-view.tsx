import { Component, type ReactNode, useSyncExternalStore } from 'react'
import { ErrorScreen } from '../shell/error-screen.tsx'
import { NotFound } from '../shell/not-found.tsx'
import type { Router } from './router.ts'
import { PlaceContext, RouterContext, usePlace } from './use-router.ts'

/** Gives everything below it the router and the place that is shown. */
export function RouterProvider({ router, children }: { readonly router: Router; readonly children: ReactNode }) {
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

interface Failure {
  readonly error?: unknown
}

class ErrorBoundary extends Component<{ readonly children: ReactNode }, Failure> {
  override state: Failure = {}
  static getDerivedStateFromError(error: unknown): Failure {
    return { error: error ?? new Error('The screen failed') }
  }
  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <ErrorScreen error={this.state.error} />
  }
}
