import badgedIcon from './icon-badge.svg?url'

let plain: string | undefined

/**
 * A dot on the icon of the tab, and the number on that of the installed page. The number of the tab is in its title: a drawn icon
 * would be a blob, which the content security policy forbids.
 */
export function badgeIcon(count: number): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (link !== null) {
    plain ??= link.href
    const wanted = count === 0 ? plain : new URL(badgedIcon, location.href).href
    if (link.href !== wanted) link.href = wanted
  }
  if ('setAppBadge' in navigator) void (count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count)).catch(() => {})
}
