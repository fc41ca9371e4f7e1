import type { ComponentType } from 'react'
import { untilLoaded } from '../ui/until-loaded.ts'
import { decode, hrefOf, matchRoute, type Target } from './href.ts'
import type { RoutePath, RouteSearch } from './route-search.ts'

export interface RouteDefinition {
  /** Reads the query parameters; what no screen can mean is dropped. */
  readonly readSearch?: (search: Record<string, unknown>) => object
  /** A screen that every visit loads. */
  readonly component?: ComponentType
  /** Any other screen. */
  readonly load?: () => Promise<ComponentType>
}

/** The screen that is shown. */
export interface Place {
  /** Below the base, without a slash at its end: `/sessions/4f1c`. */
  readonly path: string
  /** Undefined for an address without a screen. */
  readonly route: RoutePath | undefined
  readonly id: string | undefined
  readonly search: object
  readonly hash: string
  readonly component: ComponentType | undefined
  /** Why the screen could not be loaded. */
  readonly error: unknown
}

export interface NavigateOptions<T extends RoutePath> extends Partial<Omit<Target<T>, 'search'>> {
  /** With a function: changes the parameters that are there. */
  readonly search?: RouteSearch[T] | ((before: RouteSearch[T]) => RouteSearch[T])
  /** Takes the place of the present entry of the history. */
  readonly replace?: boolean
  /** False: the page stays where it is scrolled to. */
  readonly resetScroll?: boolean
}

/** Longer than this no click waits for a screen to load before something changes. */
const LOAD_WAIT_MS = 1_000
/** A part of a screen that is linked to may need its data first. */
const HASH_WAIT_MS = 5_000

/**
 * The screens of the page by its address. The screen before stays until the next one has loaded. Our own, because the first visit
 * loads it: a library was 25 kB of 150.
 */
export class Router {
  readonly base: string
  readonly #routes: Readonly<Record<RoutePath, RouteDefinition>>
  readonly #loaded = new Map<RoutePath, ComponentType>()
  readonly #loading = new Map<RoutePath, Promise<void>>()
  readonly #listeners = new Set<() => void>()
  #place: Place
  /** Counts the navigations, so that a slow one does not undo a later one. */
  #navigation = 0
  #stopScrolling: (() => void) | undefined

  constructor(base: string, routes: Readonly<Record<RoutePath, RouteDefinition>>) {
    this.base = base
    this.#routes = routes
    this.#place = this.#readPlace()
    addEventListener('popstate', () => void this.#show())
    if (this.#place.component === undefined && this.#place.route !== undefined) void this.#show()
    else this.#scrollToHash()
  }

  readonly place = (): Place => this.#place

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly navigate = <T extends RoutePath>({ to, search, replace = false, resetScroll = true, ...rest }: NavigateOptions<T>): void => {
    const here = { to: (to ?? this.#place.route ?? '/') as T, params: rest.params ?? { id: this.#place.id ?? '' } }
    const next = typeof search === 'function' ? search(this.#place.search as RouteSearch[T]) : search
    const href = hrefOf(
      { ...here, ...(next === undefined ? {} : { search: next }), ...(rest.hash === undefined ? {} : { hash: rest.hash }) },
      this.base,
    )
    // Cards outside the screens, as of a widget, are left for them.
    if (!`${location.pathname}/`.startsWith(`${this.base}/`)) {
      location.assign(href)
      return
    }
    if (href === `${location.pathname}${location.search}${location.hash}` || replace) history.replaceState(null, '', href)
    else history.pushState(null, '', href)
    void this.#show(resetScroll && rest.hash === undefined)
  }

  /** Loads a screen that may be opened soon. */
  readonly preload = (route: RoutePath): void => {
    this.#load(route).catch(() => {})
  }

  #load(route: RoutePath): Promise<void> {
    const { component, load } = this.#routes[route]
    if (component !== undefined || this.#loaded.has(route) || load === undefined) return Promise.resolve()
    let loading = this.#loading.get(route)
    if (loading === undefined) {
      loading = untilLoaded(load)
        .then((loaded) => void this.#loaded.set(route, loaded))
        .finally(() => this.#loading.delete(route))
      this.#loading.set(route, loading)
    }
    return loading
  }

  /** Shows the screen of the address that the browser has now. */
  async #show(toTop = false): Promise<void> {
    const navigation = ++this.#navigation
    this.#stopScrolling?.()
    const { route, component } = this.#readPlace()
    let error: unknown
    if (route !== undefined && component === undefined) {
      const loading = this.#load(route).catch((reason: unknown) => {
        error = reason ?? new Error('The screen could not be loaded')
      })
      await Promise.race([loading, new Promise((resolve) => setTimeout(resolve, LOAD_WAIT_MS))])
      if (navigation !== this.#navigation) return
      if (error === undefined && !this.#loaded.has(route)) {
        this.#set(undefined)
        await loading
        if (navigation !== this.#navigation) return
      }
    }
    this.#set(error)
    if (toTop) scrollTo(0, 0)
    this.#scrollToHash()
  }

  #set(error: unknown): void {
    this.#place = { ...this.#readPlace(), error }
    for (const listener of this.#listeners) listener()
  }

  #readPlace(): Place {
    const path = location.pathname.slice(this.base.length).replace(/\/+$/, '') || '/'
    const found = matchRoute(path, Object.keys(this.#routes) as RoutePath[])
    const definition = found === undefined ? undefined : this.#routes[found.route]
    const given = Object.fromEntries(new URLSearchParams(location.search))
    return {
      path,
      route: found?.route,
      id: found?.id,
      search: definition?.readSearch?.(given) ?? {},
      hash: decode(location.hash.slice(1)) ?? '',
      component: definition?.component ?? (found === undefined ? undefined : this.#loaded.get(found.route)),
      error: undefined,
    }
  }

  /** Scrolls to the element that the address names, as soon as it is there. */
  #scrollToHash(): void {
    const { hash } = this.#place
    if (hash === '') return
    const scroll = () => {
      const element = document.getElementById(hash)
      element?.scrollIntoView()
      return element !== null
    }
    const observer = new MutationObserver(() => scroll() && this.#stopScrolling?.())
    const timer = setTimeout(() => this.#stopScrolling?.(), HASH_WAIT_MS)
    this.#stopScrolling = () => {
      observer.disconnect()
      clearTimeout(timer)
      this.#stopScrolling = undefined
    }
    // After the render of the screen.
    requestAnimationFrame(() => {
      if (scroll()) this.#stopScrolling?.()
      else observer.observe(document.body, { childList: true, subtree: true })
    })
  }
}
