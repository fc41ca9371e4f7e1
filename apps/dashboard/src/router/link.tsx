import type { ComponentProps, MouseEvent } from 'react'
import { hrefOf, type Target } from './href.ts'
import type { RoutePath } from './route-search.ts'
import { usePlace, useRouter } from './use-router.ts'

type LinkProps<T extends RoutePath> = Target<T> &
  Omit<ComponentProps<'a'>, 'href'> & {
    /** Marks a link of the navigation as that of the screen that is shown, or only of exactly that one. */
    readonly current?: 'exact' | 'below'
  }

/** A link to a screen. It loads the screen when someone is about to follow it. */
export function Link<T extends RoutePath>({ to, params, search, hash, current, onClick, ...rest }: LinkProps<T>) {
  const router = useRouter()
  const { path } = usePlace()
  const target = {
    to,
    ...(params === undefined ? {} : { params }),
    ...(search === undefined ? {} : { search }),
    ...(hash === undefined ? {} : { hash }),
  }
  const isCurrent = path === to || (current === 'below' && path.startsWith(`${to}/`))

  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    onClick?.(event)
    const isOwn = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !isOwn || rest.target !== undefined) return
    event.preventDefault()
    router.navigate(target)
  }

  return (
    <a
      aria-current={current !== undefined && isCurrent ? 'page' : undefined}
      {...rest}
      href={hrefOf(target, router.base)}
      onClick={follow}
      onPointerEnter={() => router.preload(to)}
      onFocus={() => router.preload(to)}
    />
  )
}
