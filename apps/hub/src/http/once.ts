import { createHash, randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'
import type { Change, Once } from '../store/store.ts'

/**
 * What a write is given: the time, and with an `Idempotency-Key` the promise that it happens once. The store keeps the
 * result in the commit of the write itself, so not even a crash between the two makes it happen twice.
 * @throws HubError `validation_error` when the header is not 1–255 printable characters
 */
export function changeOf(request: FastifyRequest, reply: FastifyReply, now: number): Change {
  const key = request.headers['idempotency-key']
  if (key === undefined) return { now }
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new HubError('validation_error', 'Idempotency-Key must be 1 to 255 printable characters', {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'Use a UUID.',
      details: { field: 'Idempotency-Key' },
    })
  }
  const asked = `${request.method} ${request.url} ${request.bodyHash ?? ''}`
  return { now, once: new OnceOf(request.principal?.id ?? '', key, createHash('sha256').update(asked).digest('hex'), reply) }
}

/** A UUID: by chance, or always the same one for a request that is to happen once, so that it finds its own work. */
export function newId({ once }: Change, noun: string): string {
  if (once === undefined) return randomUUID()
  const hex = createHash('sha256').update(`${noun}\n${once.owner}\n${once.key}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Says which request it is, where it is to happen once. */
export function markOf({ once }: Change): string | undefined {
  return once && createHash('sha256').update(`${once.owner}\n${once.key}\n${once.fingerprint}`).digest('base64url').slice(0, 22)
}

class OnceOf implements Once {
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
