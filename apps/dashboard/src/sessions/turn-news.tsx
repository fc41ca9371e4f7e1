import { useEffect, useRef, useState } from 'react'

/** A change is told when it has stood for so long, in milliseconds: what comes and goes is no news. */
const STOOD = 3_000

/** Tells a screen reader how many sessions need a person, when that has changed; nothing else on the board speaks. */
export function TurnNews({ count }: { readonly count: number }) {
  const known = useRef(count)
  const [told, setTold] = useState<number>()
  useEffect(() => {
    if (known.current === count) return
    const timer = setTimeout(() => {
      known.current = count
      setTold(count)
    }, STOOD)
    return () => clearTimeout(timer)
  }, [count])
  return (
    <p className="unseen" role="status">
      {told !== undefined && words(told)}
    </p>
  )
}

function words(count: number): string {
  if (count === 0) return 'No session needs a person any more'
  return count === 1 ? 'One session needs a person' : `${count} sessions need a person`
}
