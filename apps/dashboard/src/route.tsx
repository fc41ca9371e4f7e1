import { readAlertSearch } from './alerts/alert-search.ts'
import { readEventSearch } from './events/event-search.ts'
import { readLimitSearch } from './limits/limit-search.ts'
import type { RoutePath } from './router/route-search.ts'
import type { RouteDefinition } from './router/router.ts'
import { readSessionSearch } from './sessions/session-search.ts'
import { readSettingsSearch } from './settings/settings-section.ts'
import { Today } from './today/today.tsx'
import { readTodaySearch } from './today/today-range.ts'
import { readUsageSearch } from './usage/usage-search.ts'

/** Every screen. Its path and its parameters are in `router/route-search.ts` too. */
export const routes: Readonly<Record<RoutePath, RouteDefinition>> = {
  '/': { readSearch: readTodaySearch, component: Today },
  '/sessions': { readSearch: readSessionSearch, load: () => import('./sessions/sessions.tsx').then(({ Sessions }) => Sessions) },
  '/sessions/$id': { load: () => import('./sessions/session.tsx').then(({ SessionScreen }) => SessionScreen) },
  '/machines': { load: () => import('./machines/machines.tsx').then(({ Machines }) => Machines) },
  '/limits': { readSearch: readLimitSearch, load: () => import('./limits/limits.tsx').then(({ Limits }) => Limits) },
  '/usage': { readSearch: readUsageSearch, load: () => import('./usage/usage.tsx').then(({ Usage }) => Usage) },
  '/alerts': { readSearch: readAlertSearch, load: () => import('./alerts/alerts.tsx').then(({ Alerts }) => Alerts) },
  '/alerts/$id': { load: () => import('./alerts/alert.tsx').then(({ AlertScreen }) => AlertScreen) },
  '/events': { readSearch: readEventSearch, load: () => import('./events/events.tsx').then(({ Events }) => Events) },
  '/settings': { readSearch: readSettingsSearch, load: () => import('./settings/settings.tsx').then(({ Settings }) => Settings) },
}
