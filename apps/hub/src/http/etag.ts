import type { FastifyReply, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'

/**
 * The `ETag` of a single resource: its revision. What is in the body and is no part of the resource goes behind a dot, so
 * that the tag changes with it; the revision alone decides about `If-Match`.
 */
export function sendRevision(reply: FastifyReply, revision: number, derived?: string): void {
  reply.header('etag', derived === undefined ? `"${revision}"` : `"${revision}.${derived}"`).header('cache-control', 'private, no-cache')
}

/**
 * The revision a client wants to change, from `If-Match`; undefined when any will do.
 * @throws HubError `precondition_failed` for what can be no revision of ours
 */
export function revisionWanted(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']?.trim()
  if (header === undefined || header === '*') return undefined
  const [, revision] = /^"(\d+)(?:\.[\w-]+)?"$/.exec(header) ?? []
  // Compared strongly: a weak tag never matches, and neither does one of another hub.
  if (revision === undefined) {
    throw new HubError('precondition_failed', 'If-Match holds no ETag that this hub gave', {
      suggestion: 'Send the ETag of the answer you decided upon, with its quotes.',
    })
  }
  return Number(revision)
}

/**
 * Marks an answer as the client may keep it, to be asked for again.
 * @returns true when the client has it already; the answer is then 304, without a body
 */
export function isUnchanged(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.header('etag', etag).header('cache-control', 'private, no-cache')
  const known = request.headers['if-none-match']
  if (known === undefined) return false
  const bare = (tag: string) => tag.trim().replace(/^W\//, '')
  if (known.trim() !== '*' && !known.split(',').some((tag) => bare(tag) === bare(etag))) return false
  reply.code(304)
  return true
}
