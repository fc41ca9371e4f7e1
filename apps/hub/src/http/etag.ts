import type { FastifyReply, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'

/**
 * Sets the `ETag` of a single resource: its revision. A suffix `.derived` changes with content that is no part of the
 * resource, such as a machine's sessions; `If-Match` compares only the revision.
 */
export function sendRevision(reply: FastifyReply, revision: number, derived?: string): void {
  reply.header('etag', derived === undefined ? `"${revision}"` : `"${revision}.${derived}"`).header('cache-control', 'private, no-cache')
}

/**
 * Reads the revision that a client wants to change from `If-Match`; undefined when any is fine.
 * @throws HubError `precondition_failed` for a value that is no revision of this hub
 */
export function readIfMatch(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']?.trim()
  if (header === undefined || header === '*') return undefined
  const [, revision] = /^"(\d+)(?:\.[\w-]+)?"$/.exec(header) ?? []
  // A strong comparison: weak tags never match, and neither do tags of other servers.
  if (revision === undefined) {
    throw new HubError('precondition_failed', 'If-Match has no ETag of this hub', {
      suggestion: 'Send the ETag of the answer that the change is based on, with its quotes.',
    })
  }
  return Number(revision)
}

/**
 * Sets the `ETag` of an answer that the client may cache and revalidate.
 * @returns true when the client has it already; the answer is then 304, without a body
 */
export function isUnchanged(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.header('etag', etag).header('cache-control', 'private, no-cache')
  const header = request.headers['if-none-match']
  if (header === undefined) return false
  const bare = (tag: string) => tag.trim().replace(/^W\//, '')
  if (header.trim() !== '*' && !header.split(',').some((tag) => bare(tag) === bare(etag))) return false
  reply.code(304)
  return true
}
