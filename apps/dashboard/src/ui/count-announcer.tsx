import { useEffect, useRef, useState } from 'react'

/** A count is announced once it has been stable this long. */
const ANNOUNCE_DELAY_MS = 3_000

interface CountAnnouncerProps {
  readonly count: number
  /** A sentence about a count. */
  readonly describe: (count: number) => string
}

/** Announces to screen readers that a count has changed, once it stays. */
export function CountAnnouncer({ count, describe }: CountAnnouncerProps) {
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
      {announcement !== undefined && describe(announcement)}
    </p>
  )
}
