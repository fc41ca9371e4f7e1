import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { HubConfig } from '../config.ts'
import { HubError } from '../hub-error.ts'
import { type Counted, MinuteCount } from './minute-count.ts'

const MINUTE = 60_000
/** As many keys, addresses and browsers are counted at once. */
const COUNTED = 50_000

/** Whose requests are counted together, and how many a minute they may be. */
export interface Bucket {
  readonly name: string
  readonly max: number
}

export interface Limiter {
  /**
   * Counts a request and tells the client where it stands.
   * @throws HubError `rate_limit_exceeded`
   */
  count(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /**
   * Counts a heartbeat of somebody who is known. Each session and machine is counted for itself: a key that many share
   * must not silence one of them.
   */
  countBeat(name: string): Counted
  /** The last heartbeat is counted again elsewhere. */
  forgiveBeat(name: string): void
  /** Counts a key that was refused. */
  countFailure(request: FastifyRequest): Promise<void>
  /** Whether a key was ever refused to this address: false for nearly everybody, and quick to say. */
  mayBeGuessing(request: FastifyRequest): boolean
  /** Whether a key was ever refused to anybody. */
  readonly anyGuess: boolean
  /** Whether so many keys were refused to this address that no more are looked at. */
  isGuessing(request: FastifyRequest): Promise<boolean>
}

/** One table for all: a key, a browser, or the address of whoever has neither. */
export async function createLimiter(app: FastifyInstance, limits: HubConfig['limits'], clock: Clock): Promise<Limiter> {
  await app.register(rateLimit, { global: false, cache: COUNTED })
  const table = { cache: COUNTED, timeWindow: MINUTE }
  const usual = app.createRateLimit({
    ...table,
    keyGenerator: (request) => bucketOf(request, limits).name,
    max: (request) => bucketOf(request, limits).max,
  })
  const beats = new MinuteCount(clock)
  /** Addresses that ever had a key refused. */
  const failed = new Set<string>()
  const failures = app.createRateLimit({ ...table, keyGenerator: addressOf, max: () => limits.usual })
  return {
    async count(request, reply) {
      const { heartbeatOf } = request.door
      if (heartbeatOf !== undefined && request.principal !== undefined) {
        const counted = beats.count(beatName(heartbeatOf, (request.params as Record<string, string>)[heartbeatOf]!), limits.heartbeat)
        return tell(reply, counted)
      }
      const counted = await usual(request)
      if (counted.isAllowed) return
      tell(reply, { max: counted.max, remaining: counted.remaining, seconds: counted.ttlInSeconds, exceeded: counted.isExceeded })
    },
    countBeat: (name) => beats.count(name, limits.heartbeat),
    forgiveBeat: (name) => beats.forgive(name),
    get anyGuess() {
      return failed.size > 0
    },
    async countFailure(request) {
      if (failed.size >= COUNTED) failed.clear()
      failed.add(request.ip)
      await failures(request)
    },
    mayBeGuessing: (request) => failed.has(request.ip),
    async isGuessing(request) {
      // Nearly nobody ever is, and everybody would pay for the question.
      if (!failed.has(request.ip)) return false
      const counted = await failures(request, { increment: false })
      return !counted.isAllowed && counted.remaining === 0
    },
  }
}

/** What a heartbeat is counted under. */
export function beatName(parameter: string, id: string): string {
  return `${parameter} ${id}`
}

function tell(reply: FastifyReply, { max, remaining, seconds, exceeded: over }: Counted): void {
  reply.header('ratelimit-limit', max).header('ratelimit-remaining', remaining).header('ratelimit-reset', seconds)
  if (over) throw exceeded(reply, max, seconds)
}

export function exceeded(reply: FastifyReply, max: number, seconds: number): HubError {
  reply.header('retry-after', seconds)
  return new HubError('rate_limit_exceeded', `More than ${max} requests in a minute`, {
    suggestion: `Wait ${seconds} s. RATE_LIMIT_PER_MINUTE, INGEST_LIMIT_PER_MINUTE, HEARTBEAT_LIMIT_PER_MINUTE and DASHBOARD_LIMIT_PER_MINUTE set the limits.`,
    details: { limit: max, retry_after_seconds: seconds },
  })
}

/** IPv6 by its network: whoever has one address there has all of them. */
function addressOf(request: FastifyRequest): string {
  return normalizeIP(request.ip)
}

function bucketOf(request: FastifyRequest, limits: HubConfig['limits']): Bucket {
  const { principal } = request
  const { access, browser } = request.door
  // Without a key everybody on this machine is one: by address.
  const who = principal === undefined || principal.by === 'bypass' ? `address ${addressOf(request)}` : principal.id
  if (access === 'ingest') return { name: `ingest ${who}`, max: limits.ingest }
  if (principal?.by === 'cookie') return { name: `browser ${who}`, max: limits.dashboard }
  if (principal?.by === 'bypass' || browser) return { name: `page ${who}`, max: limits.dashboard }
  return { name: who, max: limits.usual }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Files of a page: one visit asks for many. */
    browser?: boolean
    /** The parameter that names who beats: counted for itself. */
    heartbeatOf?: string
  }
}
