import type { Access } from '@signalbox/contract/route'
import { type Scope, scopes } from '@signalbox/contract/scope'
import { isLoopback } from '@signalbox/hub-address/this-machine'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Clock } from '../clock.ts'
import type { HubConfig } from '../config.ts'
import { HubError } from '../hub-error.ts'
import { networkOfClient, plainAddress } from './client-address.ts'
import { isForwarded } from './forwarded.ts'
import { innerCaller } from './inner-request.ts'
import { isRefused, type KeyLookup, type KnownKey } from './key-lookup.ts'
import { loggedPrefixOf } from './key-text.ts'
import { OwnConnections } from './own-connection.ts'
import { isFromThisMachine, OwnerKey } from './owner-key.ts'
import type { Principal } from './principal.ts'
import { type Limiter, tooManyWrongKeys } from './rate-limit.ts'
import { changesState, requireLoopbackHost, requireOwnOrigin } from './same-origin.ts'
import type { SignIns } from './sign-ins.ts'
import { WrongKeys } from './wrong-keys.ts'

const createKeyHint = 'Make one with "signalbox keys create NAME" on the machine of the hub, or set API_KEYS and restart it.'
const sendKeyHint =
  'Send the header "Authorization: Bearer KEY" or "X-API-Key: KEY", or sign in at /app. On the machine of the hub, "signalbox open" signs a browser in without a key.'

const ownProgramsHint =
  'Without a key this hub lets in programs of its own user on its own machine only, and not through a proxy. Run "signalbox open" there to sign a browser in, or make a key: signalbox keys create NAME.'
const ownerKeyHint =
  'The key in owner.key works only on the machine of the hub, not through a proxy, until it is replaced. Elsewhere use a key of your own: signalbox keys create NAME.'

export interface Authenticator {
  /**
   * The principal of a valid key; undefined where the request needs the full check. A promise only where the store is
   * read.
   */
  lookUpPrincipal(key: string): Principal | undefined | Promise<Principal | undefined>
  /**
   * Finds the key of a text from `POST /api/login` or the headers.
   * @throws HubError `unauthorized`, or `rate_limit_exceeded` after many refused keys
   */
  authenticate(request: FastifyRequest, reply: FastifyReply, key: string): Promise<KnownKey>
  /** Whether a principal would still be admitted: its key may have been revoked, or a first key created. */
  isStillAuthorized(principal: Principal): Promise<boolean>
}

interface AuthOptions {
  readonly config: Pick<HubConfig, 'development' | 'loopback' | 'limits' | 'host'>
  readonly keys: KeyLookup
  readonly owner: OwnerKey
  readonly signIns: SignIns
  readonly limiter: Limiter
  readonly clock: Clock
}

/** Authenticates, authorizes and counts the requests of every route. */
export function authenticateRequests(app: FastifyInstance, { config, keys, owner, signIns, limiter, clock }: AuthOptions): Authenticator {
  const wrongKeys = new WrongKeys(clock)
  const connections = new OwnConnections()
  let forwardedWasLogged = false
  /** Weak keys of the environment that were used from a network that was not slowed. */
  const proven = new Set<string>()

  /**
   * Whether a key is to be treated as wrong: a weak one, which could be guessed, while its network tries one key after
   * another. Keys that cannot be guessed are admitted whatever others do behind the same address.
   */
  const mayBeGuessed = ({ id, weak }: KnownKey, request: FastifyRequest): boolean => {
    if (weak !== true || proven.has(id)) return false
    if (wrongKeys.isSlowed(networkOfClient(request))) return true
    proven.add(id)
    return false
  }

  const authenticate: Authenticator['authenticate'] = async (request, reply, text) => {
    const now = clock.now()
    if (text === '') throw unauthorized('API key is missing', 'AUTH_MISSING', sendKeyHint)
    const isOwnerKey = OwnerKey.isOwnerKey(text)
    const found = findOwner(request, text)
    if (found !== undefined) return found
    const key = await keys.find(text, now)
    if (key !== undefined && !isRefused(key) && !mayBeGuessed(key, request)) return key
    const network = networkOfClient(request)
    const wait = wrongKeys.attempt(text, network)
    request.keyRefused = true
    // A promised line: examples/fail2ban reads it.
    request.log.warn({ key_prefix: loggedPrefixOf(text), address: request.ip }, 'key refused')
    if (wait > 0) throw tooManyWrongKeys(reply, wait)
    if (key !== undefined && isRefused(key)) throw unauthorized('Invalid API key', 'AUTH_INVALID', key.refused)
    if (!(await keys.any())) throw unauthorized('API keys not configured', 'AUTH_INVALID', createKeyHint)
    if (isOwnerKey) throw unauthorized('Invalid API key', 'AUTH_INVALID', ownerKeyHint)
    throw unauthorized(
      'Invalid API key',
      'AUTH_INVALID',
      'Check the key; "signalbox keys list" on the machine of the hub shows how each begins.',
    )
  }

  function resolvePrincipal(request: FastifyRequest, reply: FastifyReply): Principal | Promise<Principal> {
    const key = config.development ? undefined : readKey(request)
    // The most frequent clients have keys of the environment, which need neither the store nor a promise.
    const match = key === undefined ? undefined : keys.ofEnvironment(key)
    return match === undefined || mayBeGuessed(match, request) ? resolveFromStore(request, reply) : principalOf(match)
  }

  async function resolveFromStore(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    const text = readKey(request)
    const isOpen = config.development && config.loopback && !(await keys.any())
    if (isOpen) {
      requireLoopbackHost(request)
      if (changesState(request)) requireOwnOrigin(request, { mayBeAbsent: true })
      // The owner may do more than a program that shows nothing.
      const known = text === undefined ? undefined : findOwner(request, text)
      if (known !== undefined) return principalOf(known)
    } else if (text !== undefined) return principalOf(await authenticate(request, reply, text))
    const now = clock.now()
    const signIn = await signIns.find(request, now)
    const key = signIn && (await keyOfCookie(request, signIn.key_id, now))
    if (signIn !== undefined && key !== undefined && !isRefused(key)) {
      if (changesState(request)) requireOwnOrigin(request, { mayBeAbsent: false })
      return { ...principalOf(key), by: 'cookie', signInId: signIn.sign_in_id }
    }
    if (isOpen) {
      if (await mayBypass(request)) return { by: 'bypass', id: 'bypass', name: 'anonymous', scopes }
      if (text !== undefined) return principalOf(await authenticate(request, reply, text))
      throw unauthorized('API key is missing', 'AUTH_MISSING', ownProgramsHint)
    }
    if (!(await keys.any())) throw unauthorized('API keys not configured', 'AUTH_MISSING', createKeyHint)
    throw unauthorized('API key is missing', 'AUTH_MISSING', sendKeyHint)
  }

  /**
   * Whether a hub without keys lets a request in: from a program of its own user on this machine. What a proxy forwards is
   * the request of another client, unless a trusted one says that it comes from this machine.
   */
  async function mayBypass(request: FastifyRequest): Promise<boolean> {
    if (isForwarded(request.raw)) {
      const isVouchedFor = (request.ips?.length ?? 0) > 1 && isLoopback(plainAddress(request.ip) ?? '')
      if (!isVouchedFor) {
        if (!forwardedWasLogged) request.log.warn({ address: request.ip }, 'a proxy forwards requests to this hub; they need a key')
        forwardedWasLogged = true
        return false
      }
    }
    return connections.isOwn(request.raw.socket)
  }

  function findOwner(request: FastifyRequest, text: string): KnownKey | undefined {
    return OwnerKey.isOwnerKey(text) && isFromThisMachine(request, config) ? owner.find(text) : undefined
  }

  /** A cookie of the owner is worth no more than the key: it counts on this machine only. */
  async function keyOfCookie(request: FastifyRequest, id: string, now: number) {
    if (!OwnerKey.isOwnerId(id)) return keys.byId(id, now)
    return isFromThisMachine(request, config) ? owner.byId(id) : undefined
  }

  app.decorateRequest('principal', undefined)
  app.decorateRequest('keyRefused', false)
  app.addHook('onRequest', async (request, reply) => {
    const { access, unlimited } = request.routeConfig
    if (unlimited) return limiter.countHealth(request, reply)
    // An unknown route needs no principal, only the count.
    if (access === undefined || access === 'public') return limiter.count(request, reply)
    let refusal: unknown
    try {
      const principal = innerCaller() ?? resolvePrincipal(request, reply)
      request.principal = principal instanceof Promise ? await principal : principal
      requireScope(request.principal, access)
    } catch (error) {
      // Wrong keys are counted by themselves.
      if (request.keyRefused) throw error
      refusal = error
    }
    // Counted either way: what is refused, under the key or the address.
    await limiter.count(request, reply, refusal !== undefined)
    if (refusal !== undefined) throw refusal
    const principal = request.principal!
    keys.noteUse(principal.id, clock.now())?.catch((err: unknown) => request.log.warn({ err }, 'use of a key not noted'))
  })
  // A route without an access rule would be public. Checked at the end: plugins add their routes late.
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.addHook('onReady', async () => {
    const unprotected = routes.find(({ config }) => config?.access === undefined)
    if (unprotected !== undefined) throw new Error(`${unprotected.method} ${unprotected.url} has no access rule`)
  })
  return {
    lookUpPrincipal(text) {
      if (config.development || text === '' || OwnerKey.isOwnerKey(text)) return undefined
      const match = keys.ofEnvironment(text)
      // Whether a weak key may be a guess depends on the address, which is known only from the request.
      if (match !== undefined) return match.weak === true && wrongKeys.any && !proven.has(match.id) ? undefined : principalOf(match)
      return keys.find(text, clock.now()).then((key) => {
        if (key === undefined || isRefused(key)) return undefined
        // What a bound key may report about is checked on the path through Fastify.
        if (key.bound !== undefined) return undefined
        keys.noteUse(key.id, clock.now())?.catch(() => {})
        return principalOf(key)
      })
    },
    authenticate,
    async isStillAuthorized({ by, id, signInId }) {
      if (by === 'bypass') return !(await keys.any())
      if (signInId !== undefined && (await signIns.byId(signInId, clock.now())) === undefined) return false
      if (OwnerKey.isOwnerId(id)) return owner.byId(id) !== undefined
      const key = await keys.byId(id, clock.now())
      return key !== undefined && !isRefused(key)
    },
  }
}

function principalOf({ id, name, scopes, bound, end }: KnownKey): Principal {
  return { by: 'key', id, name, scopes, bound, end }
}

/**
 * Refuses callers that have shown no key: what the hub lets in without one must not stay for good, and lets no session run a command.
 * @param message what is for others
 * @throws HubError `forbidden`
 */
export function requireKey({ principal }: FastifyRequest, message = 'Keys are made by those who have shown one'): void {
  if (principal?.by !== 'bypass') return
  throw new HubError('forbidden', message, {
    suggestion:
      'On the machine of the hub run "signalbox keys create NAME" or "signalbox machines invite", or sign this browser in first: signalbox open.',
  })
}

/** A Bearer takes precedence over the other header, even when it is invalid; an `Authorization` of another kind is skipped. */
function readKey({ headers }: FastifyRequest): string | undefined {
  if (headers.authorization?.startsWith('Bearer ')) return headers.authorization.slice(7).trim()
  const [, bearer] = /^bearer(?:\s+(.*))?$/i.exec(headers.authorization?.trim() ?? '') ?? [null, null]
  if (bearer !== null) return bearer?.trim() ?? ''
  const header = headers['x-api-key']
  return typeof header === 'string' ? header.trim() : undefined
}

function requireScope(principal: Principal, access: Access): void {
  if (access === 'authenticated' || access === 'public' || principal.scopes.includes(access)) return
  throw new HubError('forbidden', `This needs a key with the scope ${access}; "${principal.name}" has ${formatScopes(principal.scopes)}`, {
    suggestion: `Make one with "signalbox keys create NAME --scopes ${access}".`,
    details: { needed: access, scopes: principal.scopes },
  })
}

function unauthorized(message: string, apiCode: 'AUTH_MISSING' | 'AUTH_INVALID', suggestion: string): HubError {
  return new HubError('unauthorized', message, { apiCode, suggestion })
}

function formatScopes(scopes: readonly Scope[]): string {
  return scopes.length === 0 ? 'none' : scopes.join(', ')
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether a key was presented that is none. */
    keyRefused: boolean
  }
}
