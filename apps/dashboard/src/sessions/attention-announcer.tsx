import { useEffect, useRef, useState } from 'react'

/** A count is announced once it has been stable this long. */
const ANNOUNCE_DELAY_MS = 3_000

/** Announces to screen readers how many sessions need attention, when that changes. The board has no other live region. */
export function AttentionAnnouncer({ count }: { readonly count: number }) {
  const announced = useRef(count)
  const [announcement, setAnnouncement] = useState<number>()
  useEffect(() => {
    if (announced.current === count) return
    const timer = setTimeout(() => {
      announced.current = count
      setAnnouncement(count)
    }, ANNOUNCE_DELAY_MS)
    return () => clearTimeout(timer)
  }, [count])
  return (
    <p className="visually-hidden" role="status">
      {announcement !== undefined && formatCount(announcement)}
    </p>
  )
}

function formatCount(count: number): string {
  if (count === 0) return 'No session needs attention any more'
  return count === 1 ? 'One session needs attention' : `${count} sessions need attention`
}
