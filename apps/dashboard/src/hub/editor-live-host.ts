import type { ToWebview } from '@signalbox/client/webview-message'
import { onEditorMessage, sendToEditor } from './editor-hub.ts'
import type { LiveHostStart } from './live-host-start.ts'
import { ALIVE_INTERVAL_MS, type HostMessage, type HostState, type LivePlace, newTabId, type TabMessage } from './live-message.ts'

/** Inside an editor the extension follows the events; this is the host that the page knows, over its messages. */
export function liveHostStart(place: () => LivePlace): LiveHostStart {
  const channelName = `editor ${newTabId()}`
  let channel: BroadcastChannel | undefined
  let alive: ReturnType<typeof setInterval> | undefined
  let types: readonly string[] | undefined
  let state: HostState = { kind: 'connecting' }
  let current: LivePlace = {}

  const send = (message: HostMessage) => channel?.postMessage(message)
  const setState = (next: HostState) => {
    state = next
    send(next)
  }

  function follow(): void {
    if (types === undefined) return
    const { after, storeId } = current
    sendToEditor({
      kind: 'follow',
      types,
      ...(after === undefined ? {} : { after, ...(storeId === undefined ? {} : { storeId }) }),
    })
  }

  function receiveFromPage(message: TabMessage | HostMessage): void {
    if (message.kind === 'join') {
      send({ ...state, tab: message.tab, ...(state.kind === 'open' ? { place: current } : {}) })
      if (types !== undefined) return
      types = message.types
      current = place()
      follow()
    }
    if (message.kind === 'retry' || message.kind === 'reopen') follow()
  }

  function receiveFromEditor(message: ToWebview): void {
    if (message.kind === 'connection')
      setState(message.state === 'refused' ? { kind: 'refused', code: message.code } : { kind: message.state })
    if (message.kind === 'event') {
      const { event, storeId } = message
      const after = event.event === 'gap' && typeof event.data.continues_after === 'number' ? event.data.continues_after : event.id
      current = { after: after ?? current.after, storeId }
      send({ kind: 'event', event, place: current })
    }
  }

  return {
    channelName,
    start() {
      if (channel !== undefined) return
      channel = new BroadcastChannel(channelName)
      channel.onmessage = ({ data }: MessageEvent<TabMessage | HostMessage>) => receiveFromPage(data)
      onEditorMessage(receiveFromEditor)
      const message = { kind: 'alive', host: newTabId() } as const
      alive = setInterval(() => send(message), ALIVE_INTERVAL_MS)
      send(message)
    },
    stop() {
      clearInterval(alive)
      channel?.close()
    },
  }
}
