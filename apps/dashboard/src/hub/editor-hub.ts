import type { FromWebview, ToWebview } from '@signalbox/client/webview-message'
import { hubUrl } from '../ui/editor-hub-url.ts'

/** What an editor gives to the page of a webview. */
interface EditorApi {
  readonly postMessage: (message: FromWebview) => void
  readonly setState: (state: unknown) => void
}
declare const acquireVsCodeApi: () => EditorApi

const editor = acquireVsCodeApi()
const waiting = new Map<number, { readonly resolve: (response: Response) => void; readonly reject: (error: Error) => void }>()
const listeners = new Set<(message: ToWebview) => void>()
let lastId = 0

/** Tells the extension. */
export const sendToEditor = (message: FromWebview): void => editor.postMessage(message)
/** Kept by the editor: with it the page comes back after a restart. */
export const keepInEditor = (state: unknown): void => editor.setState(state)

export function onEditorMessage(listener: (message: ToWebview) => void): void {
  listeners.add(listener)
}

addEventListener('message', ({ data }: MessageEvent<ToWebview>) => {
  if (data.kind === 'response' || data.kind === 'failed') settle(data)
  else for (const listener of listeners) listener(data)
})

function settle(message: Extract<ToWebview, { kind: 'response' | 'failed' }>): void {
  const request = waiting.get(message.id)
  waiting.delete(message.id)
  if (message.kind === 'failed') request?.reject(new TypeError(message.message))
  else {
    const { status, headers, body } = message
    const isEmpty = status === 204 || status === 205 || status === 304
    // A redirect, which the browser would not show either, has the status 0.
    if (status < 200) request?.reject(new TypeError('redirected'))
    else request?.resolve(new Response(isEmpty ? null : body, { status, headers }))
  }
}

/** `fetch` of a page in an editor, for the hub alone: there is no network. */
export async function fetchFromEditor(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const url = String(input)
  if (!url.startsWith(`${hubUrl}/`)) throw new TypeError('other_address')
  const { method = 'GET', headers, body, signal } = init
  signal?.throwIfAborted()
  const id = ++lastId
  return await new Promise<Response>((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    signal?.addEventListener(
      'abort',
      () => {
        if (!waiting.delete(id)) return
        sendToEditor({ kind: 'abort', id })
        reject(signal.reason as Error)
      },
      { once: true },
    )
    sendToEditor({
      kind: 'request',
      id,
      method,
      path: url.slice(hubUrl.length),
      headers: Object.fromEntries(new Headers(headers)),
      ...(typeof body === 'string' ? { body } : {}),
    })
  })
}
