import { formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/session.ts'
import { Age } from './heartbeat-age.tsx'

/** How long the prompt cache is still warm, counting down; then for how long it has been cold. */
export function CacheExpiry({ at }: { /** ISO 8601. */ readonly at: string }) {
  const left = Date.parse(at) - useNow(1_000)
  return left > 0 ? (
    <span>{t.inTime(<time dateTime={at}>{formatDuration(left)}</time>)}</span>
  ) : (
    <span>{t.expiredAgo(<Age at={at} />)}</span>
  )
}
