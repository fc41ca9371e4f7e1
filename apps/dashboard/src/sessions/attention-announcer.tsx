import { CountAnnouncer } from '../ui/count-announcer.tsx'
import { t } from '../words/sessions.ts'

/** Announces to screen readers how many sessions need attention, when that changes. The board has no other live region. */
export function AttentionAnnouncer({ count }: { readonly count: number }) {
  return <CountAnnouncer count={count} describe={formatCount} />
}

function formatCount(count: number): string {
  if (count === 0) return t.noSessionNeedsAttention
  return count === 1 ? t.oneSessionNeedsAttention : t.sessionsNeedAttention(count)
}
