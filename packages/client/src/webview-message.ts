import type { LiveEvent } from './live.ts'

/**
 * What a webview and the extension say to each other. A webview reaches no network: the extension, which has the key, sends its
 * requests to the hub.
 */
export type FromWebview =
  | {
      readonly kind: 'request'
      readonly id: number
      readonly method: string
      readonly path: string
      readonly headers: Record<string, string>
      readonly body?: string
    }
  | { readonly kind: 'abort'; readonly id: number }
  /** Asks for the events of the hub, from now on. */
  | { readonly kind: 'follow'; readonly types: readonly string[]; readonly after?: number; readonly storeId?: string }
  /** A link to another screen of the page, such as `/sessions/8c1f…`. */
  | { readonly kind: 'navigate'; readonly path: string }

export type ToWebview =
  | {
      readonly kind: 'response'
      readonly id: number
      readonly status: number
      readonly headers: Record<string, string>
      readonly body: string
    }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'event'; readonly event: LiveEvent; readonly storeId?: string | undefined }
  | { readonly kind: 'connection'; readonly state: 'open' | 'lost'; readonly storeId?: string | undefined }
  | { readonly kind: 'connection'; readonly state: 'refused'; readonly code?: string | undefined }
  /** The hub or its key is another one: everything is read again. */
  | { readonly kind: 'reset' }
  /** Whether someone looks at the window. */
  | { readonly kind: 'window'; readonly isFocused: boolean }
