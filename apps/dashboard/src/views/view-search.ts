import type { ViewScreen } from '../hub/saved-view.ts'
import { hrefOf } from '../router/href.ts'
import type { RouteSearch } from '../router/route-search.ts'
import { readSessionSearch } from '../sessions/session-search.ts'
import { readUsageSearch } from '../usage/usage-search.ts'

type ViewSearch<S extends ViewScreen> = RouteSearch[`/${S}`]

const readers: { readonly [S in ViewScreen]: (search: Record<string, unknown>) => ViewSearch<S> } = {
  usage: readUsageSearch,
  sessions: readSessionSearch,
}

/** What a saved view stands for; what this version of the screen does not know is dropped. */
export function searchOf<S extends ViewScreen>(screen: S, text: string): ViewSearch<S> {
  return readers[screen](Object.fromEntries(new URLSearchParams(text)))
}

/** The parameters of a screen as they are saved: equal ones have equal texts. */
export function textOf<S extends ViewScreen>(screen: S, search: ViewSearch<S>): string {
  const read = readers[screen](search as Record<string, unknown>)
  return hrefOf({ to: `/${screen}`, search: read }, '').split('?')[1] ?? ''
}
