import { createContext, useContext } from 'react'
import type { RoutePath, RouteSearch } from './route-search.ts'
import type { NavigateOptions, Place, Router } from './router.ts'

/** What screens need of a router: inside an editor there is another one. */
export type AnyRouter = Pick<Router, keyof Router>

export const RouterContext = createContext<AnyRouter | undefined>(undefined)
export const PlaceContext = createContext<Place | undefined>(undefined)

export function useRouter(): AnyRouter {
  const router = useContext(RouterContext)
  if (router === undefined) throw new Error('A screen is used outside the router')
  return router
}

/** The screen that is shown, with its address. */
export function usePlace(): Place {
  const place = useContext(PlaceContext)
  if (place === undefined) throw new Error('A screen is used outside the router')
  return place
}

/** The query parameters of a screen, for the screen itself. */
export function useSearch<T extends RoutePath>(_: { readonly from: T }): RouteSearch[T] {
  return usePlace().search as RouteSearch[T]
}

/** The id in the address of a screen, for the screen itself. */
export function useParams(_: { readonly from: RoutePath }): { readonly id: string } {
  return { id: usePlace().id ?? '' }
}

/** Opens a screen, or changes the parameters of the one that is shown. */
export function useNavigate<From extends RoutePath = RoutePath>(
  _: { readonly from?: From } = {},
): <T extends RoutePath = From>(options: NavigateOptions<T>) => void {
  return useRouter().navigate
}
