import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { HubConfig } from '../config.ts'
import { HubError } from '../hub-error.ts'
import { networkOfClient } from './client-address.ts'
import { type MinuteCount, MinuteCounter } from './minute-counter.ts'
import type { Principal } from './principal.ts'
import { canonicalId } from './session-id.ts'

const MINUTE_MS = 60_000
/** Keys, addresses and browsers that are counted at the same time. */
const MAX_BUCKETS = 50_000
/** Requests for health a minute of one address: many times those of any monitor. */
const MAX_HEALTH_REQUESTS = 1_200
/** A longer id is counted under its hash: callers choose ids, and the names of all of them stay in memory. */
const MAX_ID_LENGTH = 64

/** Requests that are counted together, and how many a minute are allowed. */
export interface Bucket {
  readonly name: string
  readonly max: number
}

export interface Limiter {
  /**
   * Counts a request and sends the state of its limit in the headers. A refused request is counted under its key or
   * address, never under the session that it names.
   * @throws HubError `rate_limit_exceeded`
   */
  count(request: FastifyRequest, reply: FastifyReply, refused?: boolean): Promise<void>
  /**
   * Counts a request for health, which needs no key.
   * @throws HubError `rate_limit_exceeded`
   */
  countHealth(request: FastifyRequest, reply: FastifyReply): void
  /**
   * Counts a heartbeat of a caller that may write. Each session and machine has a count of its own: sharing a key must not
   * make one of them appear to have failed.
   */
  countHeartbeat(principal: Principal, name: string): MinuteCount
  /** Subtracts the last heartbeat, which is counted again elsewhere. */
  refundHeartbeat(principal: Principal, name: string): void
}

/** One table for all requests: by key, by browser, or by address where there is neither. */
export async function createLimiter(app: FastifyInstance, limits: HubConfig['limits'], clock: Clock): Promise<Limiter> {
  await app.register(rateLimit, { global: false, cache: MAX_BUCKETS })
  const refusedRequests = new WeakSet<FastifyRequest>()
  const bucket = (request: FastifyRequest) => bucketOf(request, limits, refusedRequests.has(request))
  const usual = app.createRateLimit({
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => bucket(request).name,
    max: (request) => bucket(request).max,
  })
  const heartbeats = new MinuteCounter(clock)
  /** Heartbeats that were refused, by the key that sent them. */
  const refusedHeartbeats = new MinuteCounter(clock)
  const health = new MinuteCounter(clock)
  /** Everything that a key asks, heartbeats too. */
  const keys = new MinuteCounter(clock)

  const countHeartbeat = (principal: Principal, name: string): MinuteCount => {
    const ofKey = keys.count(principal.id, limits.key)
    return ofKey.exceeded ? ofKey : heartbeats.count(name, limits.heartbeat)
  }
  app.decorateRequest('countRefusal', undefined)
  return {
    async count(request, reply, refused = false) {
      const { principal } = request
      const { heartbeatOf } = request.routeConfig
      if (heartbeatOf !== undefined && principal !== undefined && !refused) {
        const id = (request.params as Record<string, string>)[heartbeatOf]!
        const name = heartbeatKey(heartbeatOf, canonicalId(heartbeatOf, id))
        sendCount(reply, countHeartbeat(principal, name))
        // The session may be unknown or at its end: then the heartbeat was at the expense of the caller.
        request.countRefusal = () => {
          heartbeats.refund(name)
          sendCount(reply, refusedHeartbeats.count(principal.id, limits.usual))
        }
        return
      }
      if (principal !== undefined && principal.by !== 'bypass') {
        const ofKey = keys.count(principal.id, limits.key)
        if (ofKey.exceeded) return sendCount(reply, ofKey)
      }
      if (refused) refusedRequests.add(request)
      const counted = await usual(request)
      if (counted.isAllowed) return
      sendCount(reply, { max: counted.max, remaining: counted.remaining, seconds: counted.ttlInSeconds, exceeded: counted.isExceeded })
    },
    countHealth(request, reply) {
      const counted = health.count(networkOfClient(request), MAX_HEALTH_REQUESTS)
      if (counted.exceeded) sendCount(reply, counted)
    },
    countHeartbeat,
    refundHeartbeat(principal, name) {
      keys.refund(principal.id)
      heartbeats.refund(name)
    },
  }
}

/** The name under which a heartbeat is counted. @param id as `canonicalId` spells it */
export function heartbeatKey(parameter: string, id: string): string {
  return `${parameter} ${id.length <= MAX_ID_LENGTH ? id : createHash('sha256').update(id).digest('base64')}`
}

function sendCount(reply: FastifyReply, { max, remaining, seconds, exceeded: isExceeded }: MinuteCount): void {
  reply.header('ratelimit-limit', max).header('ratelimit-remaining', remaining).header('ratelimit-reset', seconds)
  if (isExceeded) throw rateLimitExceeded(reply, max, seconds)
}

export function rateLimitExceeded(reply: FastifyReply, max: number, seconds: number): HubError {
  reply.header('retry-after', seconds)
  return new HubError('rate_limit_exceeded', `More than ${max} requests in a minute`, {
    suggestion: `Wait ${seconds} s. RATE_LIMIT_PER_MINUTE, INGEST_LIMIT_PER_MINUTE, HEARTBEAT_LIMIT_PER_MINUTE, DASHBOARD_LIMIT_PER_MINUTE and KEY_LIMIT_PER_MINUTE set the limits.`,
    details: { limit: max, retry_after_seconds: seconds },
  })
}

/** An attempt with a wrong key, after too many of them. */
export function tooManyWrongKeys(reply: FastifyReply, waitMs: number): HubError {
  const seconds = Math.ceil(waitMs / 1000)
  reply.header('retry-after', seconds)
  return new HubError('rate_limit_exceeded', 'Too many wrong keys', {
    suggestion: `Wait ${seconds} s before the next attempt, or send a valid key: that is never refused.`,
    details: { retry_after_seconds: seconds },
  })
}

function bucketOf(request: FastifyRequest, limits: HubConfig['limits'], refused: boolean): Bucket {
  const { principal } = request
  const { access, browser } = request.routeConfig
  // Without a key all programs on one machine count as one: by address.
  const owner = principal === undefined || principal.by === 'bypass' ? `address ${networkOfClient(request)}` : principal.id
  // A page asks who it is before it shows the sign-in form: what programs without a key ask for must not keep people from it.
  if (refused && principal === undefined && access === 'authenticated') return { name: `unknown ${owner}`, max: limits.dashboard }
  // Apart from the requests that need no key, for the same reason.
  if (refused) return { name: principal === undefined ? `refused ${owner}` : owner, max: limits.usual }
  if (access === 'ingest') return { name: `ingest ${owner}`, max: limits.ingest }
  // By sign-in: people who share a key must not use up each other's limit.
  if (principal?.by === 'cookie') return { name: `browser ${principal.signInId ?? owner}`, max: limits.dashboard }
  if (principal?.by === 'bypass' || browser) return { name: `page ${owner}`, max: limits.dashboard }
  return { name: owner, max: limits.usual }
}

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Counts a heartbeat anew that was refused after it had been counted: under its key.
     * @throws HubError `rate_limit_exceeded`
     */
    countRefusal: (() => void) | undefined
  }
  interface FastifyContextConfig {
    /** Files of a page: one visit requests many. */
    browser?: boolean
    /** The path parameter of a heartbeat: each of its values is counted by itself. */
    heartbeatOf?: string
  }
}
