import type { Scope } from '@signalbox/contract/key'
import { scopes } from '@signalbox/contract/key'
import type { Access } from '@signalbox/contract/route'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Clock } from '../clock.ts'
import type { HubConfig } from '../config.ts'
import { HubError } from '../hub-error.ts'
import { loggedPrefixOf } from './key-text.ts'
import { isRefused, type Keyring, type KnownKey } from './keyring.ts'
import type { LoginCookie } from './login-cookie.ts'
import type { Principal } from './principal.ts'
import { exceeded, type Limiter } from './rate-limit.ts'
import { changesState, requireLoopbackHost, requireOwnOrigin } from './same-origin.ts'

const MAX_TRUSTED = 10_000
const howToMakeAKey = 'Make one with "signalbox keys create NAME" on the machine of the hub, or set API_KEYS and restart it.'
const howToSendAKey = 'Send the header "Authorization: Bearer KEY" or "X-API-Key: KEY", or sign in at /app.'

export interface Doorman {
  /**
   * Who comes with this key, where there is nothing more to say about it; undefined for everybody who has to be looked at
   * closely. Without a promise where that can be.
   */
  recognise(key: string): Principal | undefined | Promise<Principal | undefined>
  /**
   * The key behind a text, as `POST /api/login` and the headers give it.
   * @throws HubError `unauthorized`, or `rate_limit_exceeded` for whoever guesses
   */
  admit(request: FastifyRequest, reply: FastifyReply, key: string): Promise<KnownKey>
  /** Whether who once came in would come in now: their key may have been revoked, or a first one made. */
  isStillWelcome(principal: Principal): Promise<boolean>
}

interface Parts {
  readonly config: Pick<HubConfig, 'development' | 'loopback' | 'limits'>
  readonly keyring: Keyring
  readonly cookie: LoginCookie
  readonly limiter: Limiter
  readonly clock: Clock
}

/** Asks everybody at every door who they are, what they may do, and not to come too often. */
export function guard(app: FastifyInstance, { config, keyring, cookie, limiter, clock }: Parts): Doorman {
  /** Keys that were right: they come in even when their neighbour at the same address is guessing. */
  const trusted = new Set<string>()

  const trust = (text: string) => {
    if (trusted.size >= MAX_TRUSTED) trusted.clear()
    trusted.add(text)
  }

  const principalOf = (text: string, { id, name, scopes }: KnownKey): Principal => {
    trust(text)
    return { by: 'key', id, name, scopes }
  }

  const admit: Doorman['admit'] = async (request, reply, text) => {
    const now = clock.now()
    if (text === '') throw unauthorized('API key is missing', 'AUTH_MISSING', howToSendAKey)
    const guessing = await limiter.isGuessing(request)
    const key = guessing && !trusted.has(text) ? undefined : await keyring.find(text, now)
    if (key !== undefined && !isRefused(key)) {
      trust(text)
      return key
    }
    trusted.delete(text)
    await limiter.countFailure(request)
    request.log.warn({ key_prefix: loggedPrefixOf(text), address: request.ip }, 'key refused')
    if (guessing) throw exceeded(reply, config.limits.usual, 60)
    if (key !== undefined) throw unauthorized('Invalid API key', 'AUTH_INVALID', key.refused)
    if (!(await keyring.any())) throw unauthorized('API keys not configured', 'AUTH_INVALID', howToMakeAKey)
    throw unauthorized(
      'Invalid API key',
      'AUTH_INVALID',
      'Check the key; "signalbox keys list" on the machine of the hub shows how each begins.',
    )
  }

  function identify(request: FastifyRequest, reply: FastifyReply): Principal | Promise<Principal> {
    const key = config.development ? undefined : keyIn(request)
    // Keys of the environment come from what is asked most often, and need no look into the store, nor a promise.
    const known = key === undefined || limiter.mayBeGuessing(request) ? undefined : keyring.ofEnvironment(key)
    return known === undefined ? lookUp(request, reply) : principalOf(key!, known)
  }

  async function lookUp(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    if (config.development && config.loopback && !(await keyring.any())) {
      requireLoopbackHost(request)
      if (changesState(request)) requireOwnOrigin(request, { mayBeAbsent: true })
      return { by: 'bypass', id: 'bypass', name: 'nobody', scopes }
    }
    const text = keyIn(request)
    if (text !== undefined) {
      return principalOf(text, await admit(request, reply, text))
    }
    const now = clock.now()
    const id = cookie.keyId(request, now)
    const owner = id === undefined ? undefined : await keyring.byId(id, now)
    if (owner !== undefined && !isRefused(owner)) {
      if (changesState(request)) requireOwnOrigin(request, { mayBeAbsent: false })
      return { by: 'cookie', id: owner.id, name: owner.name, scopes: owner.scopes }
    }
    if (!(await keyring.any())) throw unauthorized('API keys not configured', 'AUTH_MISSING', howToMakeAKey)
    throw unauthorized('API key is missing', 'AUTH_MISSING', howToSendAKey)
  }

  app.decorateRequest('principal', undefined)
  app.addHook('onRequest', async (request, reply) => {
    const { access, unlimited } = request.door
    if (unlimited) return
    // Where there is no route nobody needs to be known, only counted.
    if (access === undefined || access === 'public') return limiter.count(request, reply)
    let refusal: unknown
    try {
      const principal = identify(request, reply)
      request.principal = principal instanceof Promise ? await principal : principal
    } catch (error) {
      refusal = error
    }
    // Counted either way: by key, or by address for whoever has none that holds.
    await limiter.count(request, reply)
    if (refusal !== undefined) throw refusal
    const principal = request.principal!
    requireScope(principal, access)
    keyring.noteUse(principal.id, clock.now())?.catch((err: unknown) => request.log.warn({ err }, 'use of a key not noted'))
  })
  // A door that nobody was given a rule for would be open to everybody. Asked at the end: plugins get theirs late.
  const opened: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    opened.push(route)
  })
  app.addHook('onReady', async () => {
    const open = opened.find(({ config }) => config?.access === undefined)
    if (open !== undefined) throw new Error(`${open.method} ${open.url} does not say who may come in`)
  })
  return {
    recognise(text) {
      // Somebody guesses: from which address only the request itself says.
      if (config.development || text === '' || (limiter.anyGuess && !trusted.has(text))) return undefined
      const known = keyring.ofEnvironment(text)
      if (known !== undefined) return principalOf(text, known)
      return keyring.find(text, clock.now()).then((key) => {
        if (key === undefined || isRefused(key)) return undefined
        keyring.noteUse(key.id, clock.now())?.catch(() => {})
        return principalOf(text, key)
      })
    },
    admit,
    async isStillWelcome({ by, id }) {
      if (by === 'bypass') return !(await keyring.any())
      const key = await keyring.byId(id, clock.now())
      return key !== undefined && !isRefused(key)
    },
  }
}

/** Bearer decides when both are sent, even when it is wrong; an `Authorization` of another kind is skipped. */
function keyIn({ headers }: FastifyRequest): string | undefined {
  if (headers.authorization?.startsWith('Bearer ')) return headers.authorization.slice(7).trim()
  const [, bearer] = /^bearer(?:\s+(.*))?$/i.exec(headers.authorization?.trim() ?? '') ?? [null, null]
  if (bearer !== null) return bearer?.trim() ?? ''
  const header = headers['x-api-key']
  return typeof header === 'string' ? header.trim() : undefined
}

function requireScope(principal: Principal, access: Access): void {
  if (access === 'known' || access === 'public' || principal.scopes.includes(access)) return
  throw new HubError('forbidden', `This needs a key with the scope ${access}; "${principal.name}" has ${list(principal.scopes)}`, {
    suggestion: `Make one with "signalbox keys create NAME --scopes ${access}".`,
    details: { needed: access, scopes: principal.scopes },
  })
}

function unauthorized(message: string, apiCode: 'AUTH_MISSING' | 'AUTH_INVALID', suggestion: string): HubError {
  return new HubError('unauthorized', message, { apiCode, suggestion })
}

function list(scopes: readonly Scope[]): string {
  return scopes.length === 0 ? 'none' : scopes.join(', ')
}
