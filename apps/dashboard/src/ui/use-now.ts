import { useSyncExternalStore } from 'react'

interface Ticker {
  readonly listeners: Set<() => void>
  timer: ReturnType<typeof setInterval> | undefined
}

const tickers = new Map<number, Ticker>()

/** One shared timer per step, running only while it has subscribers. */
function subscribeTo(step: number): (listener: () => void) => () => void {
  return (listener) => {
    let ticker = tickers.get(step)
    if (ticker === undefined) {
      const created: Ticker = { listeners: new Set(), timer: undefined }
      created.timer = setInterval(() => {
        for (const each of created.listeners) each()
      }, step)
      tickers.set(step, created)
      ticker = created
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

/** Calls a listener every `step` milliseconds, until the returned function is called. */
export function onTick(step: number, listener: () => void): () => void {
  return subscriberOf(step)(listener)
}

const subscribers = new Map<number, ReturnType<typeof subscribeTo>>()

/** The same function each time, so that a render does not subscribe anew. */
function subscriberOf(step: number): ReturnType<typeof subscribeTo> {
  let subscribe = subscribers.get(step)
  if (subscribe === undefined) {
    subscribe = subscribeTo(step)
    subscribers.set(step, subscribe)
  }
  return subscribe
}

/** The current time in milliseconds since 1970, rounded down to `step` milliseconds. */
export function useNow(step: number): number {
  // Rounded, so that two reads in one render return the same value.
  return useSyncExternalStore(subscriberOf(step), () => Math.floor(Date.now() / step) * step)
}
