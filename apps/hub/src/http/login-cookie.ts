import { Signer } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

const NAME = 'signalbox_login'
/** Thirty days, in seconds. */
const LASTS = 30 * 86_400

/** What a browser holds in place of a key: which key it was, and until when. Signed, so that nobody can write one. */
export class LoginCookie {
  readonly #signer: InstanceType<typeof Signer>

  constructor(secret: string) {
    this.#signer = new Signer(secret, 'sha256')
  }

  give(request: FastifyRequest, reply: FastifyReply, keyId: string, now: number): void {
    const until = Math.floor(now / 1000) + LASTS
    reply.setCookie(NAME, this.#signer.sign(`${keyId}.${until}`), { ...attributes(request), maxAge: LASTS })
  }

  take(request: FastifyRequest, reply: FastifyReply): void {
    reply.clearCookie(NAME, attributes(request))
  }

  /** @returns the id of the key; undefined when there is no cookie, it is over, or it was not signed here */
  keyId(request: FastifyRequest, now: number): string | undefined {
    const { cookie } = request.headers
    if (cookie === undefined) return undefined
    const sent = request.server.parseCookie(cookie)[NAME]
    if (sent === undefined) return undefined
    const { valid, value } = this.#signer.unsign(sent)
    const [, id, until] = (valid && /^(\w+)\.(\d+)$/.exec(value ?? '')) || []
    return id !== undefined && Number(until) * 1000 > now ? id : undefined
  }
}

function attributes(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const
}
