import type { RoutePath, RouteSearch } from './route-search.ts'

/** Where a link leads. */
export interface Target<T extends RoutePath> {
  readonly to: T
  /** What `$id` of the path is. */
  readonly params?: { readonly id: string }
  readonly search?: RouteSearch[T]
  readonly hash?: string
}

/** The address of a target below a base, without the origin. */
export function hrefOf<T extends RoutePath>({ to, params, search, hash }: Target<T>, base: string): string {
  const path = to === '/' ? '' : to.replace('$id', () => encodeURIComponent(params?.id ?? ''))
  return `${base}${path}${queryOf(search ?? {})}${hash === undefined || hash === '' ? '' : `#${encodeURIComponent(hash)}`}`
}

/** Readable query parameters without JSON: `?range=7d&model=claude-opus-5`. */
function queryOf(search: object): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

/** The route of a path below the base, and what `$id` is there; undefined for none. */
export function matchRoute(
  path: string,
  routes: readonly RoutePath[],
): { readonly route: RoutePath; readonly id: string | undefined } | undefined {
  const trimmed = path.replace(/\/+$/, '') || '/'
  const exact = routes.find((route) => route === trimmed && !route.includes('$'))
  if (exact !== undefined) return { route: exact, id: undefined }
  const slash = trimmed.lastIndexOf('/')
  const route = routes.find((candidate) => candidate === `${trimmed.slice(0, slash)}/$id`)
  const id = decode(trimmed.slice(slash + 1))
  return route === undefined || id === undefined || id === '' ? undefined : { route, id }
}

/** Undefined for text that no address has. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
