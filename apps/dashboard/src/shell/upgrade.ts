import { compareVersions } from '@signalbox/contract/version-order'

/** What people see of versions: the page is of another version than its hub, or the hub is not what it was before. */
export type Upgrade =
  | { readonly kind: 'page-older' | 'page-newer'; readonly hub: string; readonly page: string }
  | { readonly kind: 'upgraded' | 'rolled-back'; readonly from: string; readonly hub: string }

/**
 * @param page of these files, which an open page keeps while its hub is replaced
 * @param seen of the hub at which this browser has last been; undefined for none
 */
export function upgradeOf({ hub, page, seen }: { hub: string; page: string; seen: string | undefined }): Upgrade | undefined {
  const order = compareVersions(page, hub)
  if (order !== 0) return { kind: order < 0 ? 'page-older' : 'page-newer', hub, page }
  const change = seen === undefined ? 0 : compareVersions(hub, seen)
  if (seen === undefined || change === 0) return undefined
  return { kind: change > 0 ? 'upgraded' : 'rolled-back', from: seen, hub }
}
