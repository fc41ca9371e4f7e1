import { useSyncExternalStore } from 'react'

interface Ticker {
  readonly listeners: Set<() => void>
  timer: ReturnType<typeof setInterval> | undefined
}

const tickers = new Map<number, Ticker>()

/** One timer for everybody who counts in the same step; none while nobody does. */
function subscribeTo(step: number): (listener: () => void) => () => void {
  return (listener) => {
    let ticker = tickers.get(step)
    if (ticker === undefined) {
      const made: Ticker = { listeners: new Set(), timer: undefined }
      made.timer = setInterval(() => {
        for (const each of made.listeners) each()
      }, step)
      tickers.set(step, made)
      ticker = made
    }
    ticker.listeners.add(listener)
    return () => {
      ticker.listeners.delete(listener)
      if (ticker.listeners.size > 0) return
      clearInterval(ticker.timer)
      tickers.delete(step)
    }
  }
}

const subscribers = new Map<number, ReturnType<typeof subscribeTo>>()

/** The time in milliseconds since 1970, which moves on by itself in steps of so many milliseconds. */
export function useNow(step: number): number {
  let subscribe = subscribers.get(step)
  if (subscribe === undefined) {
    subscribe = subscribeTo(step)
    subscribers.set(step, subscribe)
  }
  // Cut to the step, so that reading it twice in one pass gives the same.
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / step) * step)
}
