import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SignInRecord, SignInStore } from '../store/sign-in.ts'
import { addressOf, auditEntry } from './audit.ts'
import type { LoginCookie } from './login-cookie.ts'

/** A write for every request of a page would be most of the work. */
const TOUCH_INTERVAL_MS = 5 * 60_000
const MAX_CLIENT = 200

/** How long a browser stays signed in, in milliseconds. */
export interface SignInAges {
  readonly total: number
  /** Without being used. */
  readonly idle: number
}

/** Signed-in browsers: the cookie names a row of the store, and counts as long as that is there. */
export class SignIns {
  readonly #store: SignInStore
  readonly #cookie: LoginCookie
  readonly #ages: SignInAges

  constructor(store: SignInStore, cookie: LoginCookie, ages: SignInAges) {
    this.#store = store
    this.#cookie = cookie
    this.#ages = ages
  }

  /** Signs the browser of a request in with a key. */
  async create(
    request: FastifyRequest,
    reply: FastifyReply,
    key: { readonly id: string; readonly name: string },
    now: number,
  ): Promise<void> {
    const at = new Date(now).toISOString()
    const client = request.headers['user-agent']
    const signIn = {
      sign_in_id: randomBytes(16).toString('base64url').replaceAll('-', '_'),
      key_id: key.id,
      key_name: key.name,
      created_at: at,
      last_used_at: at,
      expires_at: new Date(now + this.#ages.total).toISOString(),
      address: addressOf(request),
      ...(client === undefined ? {} : { client: client.slice(0, MAX_CLIENT) }),
    }
    const audit = () => ({
      ...auditEntry(request, 'sign_in.accepted', { sign_in_id: signIn.sign_in_id }),
      key_id: key.id,
      key_name: key.name,
    })
    await this.#store.create(signIn, { now, audit })
    this.#cookie.set(request, reply, signIn.sign_in_id, now, this.#ages.total)
  }

  /** The sign-in of the cookie of a request, while it counts. */
  async find(request: FastifyRequest, now: number): Promise<SignInRecord | undefined> {
    const id = this.#cookie.read(request, now)
    const found = id === undefined ? undefined : await this.byId(id, now)
    if (found !== undefined && now - Date.parse(found.last_used_at) >= TOUCH_INTERVAL_MS) {
      this.#store.touch(found.sign_in_id, now).catch((err: unknown) => request.log.warn({ err }, 'use of a sign-in not noted'))
    }
    return found
  }

  /** A sign-in that has not ended. */
  async byId(id: string, now: number): Promise<SignInRecord | undefined> {
    const found = await this.#store.find(id)
    return found !== undefined && this.isCurrent(found, now) ? found : undefined
  }

  isCurrent({ expires_at, last_used_at }: SignInRecord, now: number): boolean {
    return Date.parse(expires_at) > now && Date.parse(last_used_at) + this.#ages.idle > now
  }

  /** Signs the browser of a request out. @returns the sign-in that has ended */
  async end(request: FastifyRequest, reply: FastifyReply, now: number): Promise<string | undefined> {
    const id = this.#cookie.read(request, now)
    if (id !== undefined) {
      await this.#store.end(id, {
        now,
        audit: (ended) => (ended ? auditEntry(request, 'sign_in.ended', { sign_in_id: id }) : undefined),
      })
    }
    this.#cookie.clear(request, reply)
    return id
  }
}
