import { z } from 'zod'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The id of a session. A UUID means the same in upper case, so every source of a session must arrive at one spelling. */
export const sessionIdSchema = z.uuid({ error: 'must be a UUID' }).toLowerCase()

/** An id in a path or a query, where one of another form is merely not found. */
export const sessionIdParameterSchema = z.string().min(1).max(200).overwrite(canonicalSessionId)

/** The spelling of an id that is stored and compared. */
export function canonicalSessionId(id: string): string {
  return UUID.test(id) ? id.toLowerCase() : id
}
