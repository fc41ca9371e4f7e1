import http from 'node:http'
import https from 'node:https'
import type { HubTarget } from './hub-target.ts'

const MAX_ANSWER_BYTES = 1_000_000

export interface PostOptions {
  /** Milliseconds until the whole answer must be there. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export interface Posted {
  /** The HTTP status; 0 when there was no answer of a hub. */
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const unanswered: Posted = { status: 0, body: {} }

/** Sends JSON to the hub, once. Node's own client is used: it is there in every version of Node, and loads faster than `fetch`. */
export function postJson(target: HubTarget, path: string, body: object, { timeoutMs, signal }: PostOptions): Promise<Posted> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(unanswered)
    try {
      const url = new URL(`${target.url.replace(/\/+$/, '')}${path}`)
      const bytes = Buffer.from(JSON.stringify(body))
      const request = (url.protocol === 'https:' ? https : http).request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': bytes.length,
          ...(target.key === undefined ? {} : { authorization: `Bearer ${target.key}` }),
        },
      })
      const stop = () => request.destroy(new Error('stopped'))
      const deadline = setTimeout(stop, timeoutMs)
      signal?.addEventListener('abort', stop, { once: true })
      request.on('error', () => resolve(unanswered))
      request.on('close', () => {
        clearTimeout(deadline)
        signal?.removeEventListener('abort', stop)
        resolve(unanswered)
      })
      request.on('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
          if (text.length > MAX_ANSWER_BYTES) stop()
        })
        response.on('error', () => resolve(unanswered))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(text) }))
      })
      request.end(bytes)
    } catch {
      resolve(unanswered)
    }
  })
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
