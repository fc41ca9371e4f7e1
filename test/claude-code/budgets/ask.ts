import { type AnsweringHub, KEY } from '../answers/answering-hub.ts'

/** Sends a request to the hub. @returns the parsed body, undefined when it is empty */
export async function ask<T>(hub: AnsweringHub, method: string, at: string, body?: object): Promise<T> {
  const response = await fetch(`${hub.url}${at}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${answer}`)
  return (answer === '' ? undefined : JSON.parse(answer)) as T
}
