import { CountAnnouncer } from '../ui/count-announcer.tsx'

/** Announces to screen readers how many sessions need attention, when that changes. The board has no other live region. */
export function AttentionAnnouncer({ count }: { readonly count: number }) {
  return <CountAnnouncer count={count} describe={formatCount} />
}

function formatCount(count: number): string {
  if (count === 0) return 'No session needs attention any more'
  return count === 1 ? 'One session needs attention' : `${count} sessions need attention`
}
