import type { LiveHost } from './live-host.ts'
import { type LivePlace, newTabId } from './live-message.ts'
import workerUrl from './live-worker.ts?sharedworker&url'

/** Sees to it that there is a host of the event stream. */
export interface LiveHostStart {
  /** The channel on which the host and its tabs talk. */
  readonly channelName: string
  readonly start: () => void
  /** Ends the part that this tab has in it. */
  readonly stop: () => void
}

/** Every tab of one build of the page; another build may say other things on its channel. */
const channelName = new URL(workerUrl, location.href).href

/**
 * The host is a shared worker. Where the browser has none, it is a tab.
 * @param place how far this tab has received the events
 */
export function liveHostStart(place: () => LivePlace): LiveHostStart {
  return 'SharedWorker' in globalThis ? inWorker(place) : inTab(place)
}

function inWorker(place: () => LivePlace): LiveHostStart {
  let instead: LiveHostStart | undefined
  return {
    channelName,
    start() {
      if (instead !== undefined) return
      const worker = new SharedWorker(workerUrl, { type: 'module' })
      // Its script is gone after an upgrade of the hub, or the browser refuses it.
      worker.onerror = () => {
        instead ??= inTab(place, channelName)
        instead.start()
      }
    },
    stop: () => instead?.stop(),
  }
}

/**
 * One of the visible tabs is the host: the one that holds the lock. A hidden tab gives it away, because a browser may freeze
 * it. Without locks, which a browser has only behind https and on loopback, each visible tab is the host of itself.
 */
function inTab(place: () => LivePlace, name = navigator.locks ? channelName : `${channelName} ${newTabId()}`): LiveHostStart {
  let release: (() => void) | undefined
  const follow = () => {
    if (document.visibilityState === 'visible') request()
    else release?.()
  }

  function request(): void {
    if (release !== undefined) return
    const withdrawn = new AbortController()
    let host: LiveHost | undefined
    const released = new Promise<void>((resolve) => {
      release = () => {
        release = undefined
        withdrawn.abort()
        host?.stop()
        resolve()
      }
    })
    const hold = async () => {
      // Few browsers need it in the page.
      const { LiveHost } = await import('./live-host.ts')
      if (!withdrawn.signal.aborted) host = new LiveHost(name, place())
      return released
    }
    if (navigator.locks === undefined) void hold()
    else navigator.locks.request(name, { signal: withdrawn.signal }, hold).catch(() => {})
  }

  return {
    channelName: name,
    start() {
      document.addEventListener('visibilitychange', follow)
      follow()
    },
    stop() {
      document.removeEventListener('visibilitychange', follow)
      release?.()
    },
  }
}
