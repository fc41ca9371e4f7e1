import { sendToEditor } from '../hub/editor-hub.ts'
import { hrefOf, matchRoute } from '../router/href.ts'
import type { RoutePath } from '../router/route-search.ts'
import type { NavigateOptions, Place } from '../router/router.ts'
import type { AnyRouter } from '../router/use-router.ts'

const screens: readonly RoutePath[] = ['/', '/sessions/$id']

/** A page in an editor is one screen: every other one opens where the editor has it, or in the browser. */
export class EditorRouter implements AnyRouter {
  readonly base = ''
  readonly #place: Place

  constructor(path: string) {
    const { route, id } = matchRoute(path, screens) ?? { route: undefined, id: undefined }
    this.#place = { path, route, id, search: {}, hash: '', component: undefined, error: undefined }
  }

  readonly place = (): Place => this.#place
  readonly subscribe = (): (() => void) => () => {}
  readonly preload = (): void => {}

  readonly navigate = <T extends RoutePath>({ to, params, search, hash }: NavigateOptions<T>): void => {
    const next = typeof search === 'function' ? undefined : search
    const path = hrefOf(
      {
        to: (to ?? this.#place.route ?? '/') as T,
        params: params ?? { id: this.#place.id ?? '' },
        ...(next === undefined ? {} : { search: next }),
        ...(hash === undefined ? {} : { hash }),
      },
      this.base,
    )
    sendToEditor({ kind: 'navigate', path: path === '' ? '/' : path })
  }
}
