import { startTransition, useEffect, useState } from 'react'

/** Grows to `count`, a step with each render: rendered at once, much would block the page for as long as it takes. */
export function useGradually(count: number, step: number): number {
  const [shown, setShown] = useState(step)
  useEffect(() => {
    if (shown < count) startTransition(() => setShown(shown + step))
  }, [shown, count, step])
  return Math.min(shown, count)
}
