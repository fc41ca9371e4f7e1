import http from 'node:http'
import https from 'node:https'
import type { ObservationResult, SessionObservation } from '@signalbox/contract/session-observation'
import type { HubTarget } from './hub-target.ts'

const TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 1_000_000

export type PostResult =
  | { readonly kind: 'accepted'; readonly rejected: ObservationResult['rejected'] }
  | { readonly kind: 'too-large' }
  /** A retry makes sense, later. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number }

/** Sends a batch. Node's own client is used: it is there in every version of Node, and loads faster than `fetch`. */
export function postObservations(target: HubTarget, observations: readonly SessionObservation[]): Promise<PostResult> {
  return new Promise((resolve) => {
    const failed = (reason: string, retryAfterMs?: number) =>
      resolve({ kind: 'failed', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
    try {
      const url = new URL(`${target.url.replace(/\/+$/, '')}/sessions/observations`)
      const body = Buffer.from(JSON.stringify({ machine_id: target.machineId, observations }))
      const request = (url.protocol === 'https:' ? https : http).request(url, {
        method: 'POST',
        timeout: TIMEOUT_MS,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          ...(target.key === undefined ? {} : { authorization: `Bearer ${target.key}` }),
        },
      })
      // A server that answers one byte a minute has no idle time.
      const deadline = setTimeout(() => request.destroy(new Error('no answer in time')), TIMEOUT_MS)
      request.on('timeout', () => request.destroy(new Error('no answer in time')))
      request.on('error', (error) => failed((error as NodeJS.ErrnoException).code ?? error.message))
      request.on('close', () => clearTimeout(deadline))
      request.on('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
          if (text.length > MAX_ANSWER_BYTES) request.destroy(new Error('too long an answer'))
        })
        response.on('error', (error) => failed(error.message))
        response.on('end', () => resolve(resultOf(response, text)))
      })
      request.end(body)
    } catch (error) {
      failed((error as Error).message)
    }
  })
}

function resultOf(response: http.IncomingMessage, text: string): PostResult {
  const status = response.statusCode ?? 0
  if (status === 200) {
    const rejected = parseRejected(text)
    // Something else than a hub answers here.
    if (rejected === undefined) return { kind: 'failed', reason: 'the answer is not that of a hub' }
    return { kind: 'accepted', rejected }
  }
  if (status === 413) return { kind: 'too-large' }
  const reason = `HTTP ${status}`
  const seconds = Number(response.headers['retry-after'])
  return { kind: 'failed', reason, ...(seconds > 0 ? { retryAfterMs: Math.min(seconds, 600) * 1000 } : {}) }
}

function parseRejected(text: string): ObservationResult['rejected'] | undefined {
  try {
    const { accepted, rejected } = JSON.parse(text) as Partial<ObservationResult>
    return typeof accepted === 'number' && Array.isArray(rejected) ? rejected : undefined
  } catch {
    return undefined
  }
}
