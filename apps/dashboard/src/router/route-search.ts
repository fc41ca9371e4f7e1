import type { AlertSearch } from '../alerts/alert-search.ts'
import type { EventSearch } from '../events/event-search.ts'
import type { LimitSearch } from '../limits/limit-search.ts'
import type { SessionSearch } from '../sessions/session-search.ts'
import type { SettingsSearch } from '../settings/settings-section.ts'
import type { TodaySearch } from '../today/today-range.ts'
import type { UsageSearch } from '../usage/usage-search.ts'

type NoSearch = Readonly<Record<string, never>>

/** Every screen by its path below `/app`, with its query parameters. `$id` stands for one part of the path. */
export interface RouteSearch {
  '/': TodaySearch
  '/sessions': SessionSearch
  '/sessions/$id': NoSearch
  '/machines': NoSearch
  '/limits': LimitSearch
  '/usage': UsageSearch
  '/alerts': AlertSearch
  '/alerts/$id': NoSearch
  '/events': EventSearch
  '/settings': SettingsSearch
}
export type RoutePath = keyof RouteSearch
