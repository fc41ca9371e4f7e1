import { headers, type RunningHub } from './hub-process.ts'

const LONGEST_ANSWER_MS = 30_000

/** Asks the hub, as JSON. @throws Error for every other answer than a success, and for none */
export async function ask<T = unknown>(hub: Pick<RunningHub, 'url'>, method: string, at: string, body?: object): Promise<T> {
  const answer = await fetch(`${hub.url}${at}`, {
    method,
    headers,
    signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${at}: the hub answered ${answer.status}: ${text.slice(0, 200)}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
