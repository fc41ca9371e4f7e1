import { createHash } from 'node:crypto'
import { Signer } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The cookie that a browser has in place of a key: the id of its sign-in and an expiry, signed. */
export class LoginCookie {
  readonly #signer: InstanceType<typeof Signer>

  /** Cookies know no ports, and several hubs may be on one host. A hub that moves to another store keeps its secret. */
  readonly #mark: string

  constructor(secret: string) {
    this.#signer = new Signer(secret, 'sha256')
    this.#mark = createHash('sha256').update(`name of the cookie of ${secret}`).digest('hex').slice(0, 8)
  }

  set(request: FastifyRequest, reply: FastifyReply, signInId: string, now: number, ttlMs: number): void {
    const ttl = Math.floor(ttlMs / 1000)
    const until = Math.floor(now / 1000) + ttl
    const secure = request.server.ownAddress.isSecure(request)
    const value = this.#signer.sign(`${signInId}.${until}`)
    reply.setCookie(this.#name(request, secure), value, { ...attributes(request), secure, maxAge: ttl })
  }

  /** Takes each cookie of this hub away that the browser has sent. */
  clear(request: FastifyRequest, reply: FastifyReply): void {
    for (const { name, secure } of this.#sent(request)) reply.clearCookie(name, { ...attributes(request), secure })
  }

  /** @returns the id of the sign-in; undefined when the cookie is absent, expired, or not signed by this hub */
  read(request: FastifyRequest, now: number): string | undefined {
    const [sent] = this.#sent(request)
    if (sent === undefined) return undefined
    const { valid, value } = this.#signer.unsign(sent.value)
    const [, id, until] = (valid && /^(\w+)\.(\d+)$/.exec(value ?? '')) || []
    return id !== undefined && Number(until) * 1000 > now ? id : undefined
  }

  /**
   * The cookies of a request, the one that counts first. Where https is known by PUBLIC_URL alone, a request may look plain
   * although it came over https, so that only its cookie says which it was.
   */
  #sent(request: FastifyRequest): { name: string; value: string; secure: boolean }[] {
    const { cookie } = request.headers
    if (cookie === undefined) return []
    const values = request.server.parseCookie(cookie)
    return (request.server.ownAddress.isKnownSecure(request) ? [true] : [true, false]).flatMap((secure) => {
      const name = this.#name(request, secure)
      const value = values[name]
      return value === undefined ? [] : [{ name, value, secure }]
    })
  }

  /** Over https a name that no plain http page of this host can set and, where the hub has the whole host, no other port. */
  #name(request: FastifyRequest, secure: boolean): string {
    const name = `signalbox_login_${this.#mark}`
    if (!secure) return name
    // Browsers refuse `__Host-` with another path.
    return `${attributes(request).path === '/' ? '__Host-' : '__Secure-'}${name}`
  }
}

function attributes(request: FastifyRequest) {
  return { path: request.server.ownAddress.basePath(request) || '/', httpOnly: true, sameSite: 'strict' } as const
}
