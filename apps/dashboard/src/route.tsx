import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { readAlertSearch } from './alerts/alert-search.ts'
import { readEventSearch } from './events/event-search.ts'
import { readLimitSearch } from './limits/limit-search.ts'
import { readSessionSearch } from './sessions/session-search.ts'
import { ErrorScreen } from './shell/error-screen.tsx'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'
import { Today } from './today/today.tsx'
import { readTodaySearch } from './today/today-range.ts'
import { hubPath } from './ui/hub-url.ts'
import { readUsageSearch } from './usage/usage-search.ts'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })

const today = createRoute({ getParentRoute: () => root, path: '/', validateSearch: readTodaySearch, component: Today })

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/sessions',
  validateSearch: readSessionSearch,
  component: lazyRouteComponent(() => import('./sessions/sessions.tsx'), 'Sessions'),
})

const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$id',
  component: lazyRouteComponent(() => import('./sessions/session.tsx'), 'SessionScreen'),
})

const machines = createRoute({
  getParentRoute: () => root,
  path: '/machines',
  component: lazyRouteComponent(() => import('./machines/machines.tsx'), 'Machines'),
})

const limits = createRoute({
  getParentRoute: () => root,
  path: '/limits',
  validateSearch: readLimitSearch,
  component: lazyRouteComponent(() => import('./limits/limits.tsx'), 'Limits'),
})

const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  validateSearch: readUsageSearch,
  component: lazyRouteComponent(() => import('./usage/usage.tsx'), 'Usage'),
})

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: readAlertSearch,
  component: lazyRouteComponent(() => import('./alerts/alerts.tsx'), 'Alerts'),
})

const alert = createRoute({
  getParentRoute: () => root,
  path: '/alerts/$id',
  component: lazyRouteComponent(() => import('./alerts/alert.tsx'), 'AlertScreen'),
})

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: readEventSearch,
  component: lazyRouteComponent(() => import('./events/events.tsx'), 'Events'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings.tsx'), 'Settings'),
})

export const router = createRouter({
  routeTree: root.addChildren([today, sessions, session, machines, limits, usage, alerts, alert, events, settings]),
  basepath: `${hubPath}/app`,
  defaultPreload: 'intent',
  defaultErrorComponent: ErrorScreen,
  scrollRestoration: true,
  search: { strict: true },
  // Readable query parameters without JSON: `?range=7d&model=claude-opus-5`.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
    return text === '' ? '' : `?${text}`
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
