import { createHash, randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'
import type { Change } from '../store/change.ts'
import type { Idempotency } from '../store/idempotency.ts'

/**
 * Builds the change of a write: the time and, from the header `Idempotency-Key`, its idempotency key. The store keeps the
 * result in the commit of the write itself, so a crash between the two cannot make the write happen twice.
 * @throws HubError `validation_error` when the header is not 1–255 printable characters
 */
export function toChange(request: FastifyRequest, reply: FastifyReply, now: number): Change {
  const key = request.headers['idempotency-key']
  if (key === undefined) return { now }
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new HubError('validation_error', 'Idempotency-Key must be 1 to 255 printable characters', {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'Use a UUID.',
      details: { field: 'Idempotency-Key' },
    })
  }
  const content = `${request.method} ${request.url} ${request.bodyHash ?? ''}`
  return {
    now,
    idempotency: new RequestIdempotency(request.principal?.id ?? '', key, createHash('sha256').update(content).digest('hex'), reply),
  }
}

/** Creates a UUID: a random one, or, for a request with an idempotency key, always the same one, so that a repeat finds its own row. */
export function newId({ idempotency }: Change, noun: string): string {
  if (idempotency === undefined) return randomUUID()
  const hex = createHash('sha256').update(`${noun}\n${idempotency.owner}\n${idempotency.key}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Identifies a request with an idempotency key. */
export function requestMark({ idempotency }: Change): string | undefined {
  return (
    idempotency &&
    createHash('sha256').update(`${idempotency.owner}\n${idempotency.key}\n${idempotency.fingerprint}`).digest('base64url').slice(0, 22)
  )
}

class RequestIdempotency implements Idempotency {
  readonly owner: string
  readonly key: string
  readonly fingerprint: string
  readonly #reply: FastifyReply
  #replayed = false

  constructor(owner: string, key: string, fingerprint: string, reply: FastifyReply) {
    this.owner = owner
    this.key = key
    this.fingerprint = fingerprint
    this.#reply = reply
  }

  get replayed(): boolean {
    return this.#replayed
  }

  set replayed(replayed: boolean) {
    this.#replayed = replayed
    if (replayed) this.#reply.header('idempotent-replayed', 'true')
  }
}
