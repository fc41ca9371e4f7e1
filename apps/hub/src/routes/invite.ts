import { randomBytes } from 'node:crypto'
import os from 'node:os'
import { inviteRoutes } from '@signalbox/contract/invite'
import { KEY_LIFETIME_DAYS } from '@signalbox/contract/key'
import { isLoopback } from '@signalbox/hub-address/this-machine'
import type { FastifyRequest } from 'fastify'
import type { HubConfig } from '../config.ts'
import { auditEntry } from '../http/audit.ts'
import { requireKey } from '../http/auth.ts'
import { networkOfClient } from '../http/client-address.ts'
import { GrowingDelay } from '../http/growing-delay.ts'
import { toChange } from '../http/idempotency.ts'
import { generateCode, hashOfCode, normalizeCode } from '../http/invite-code.ts'
import { generateKey } from '../http/key-text.ts'
import { serve } from '../http/route.ts'
import { requireOwnOrigin } from '../http/same-origin.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { Redemption } from '../store/invite.ts'

const DAY_MS = 86_400_000

const refusals = {
  unknown: ['The code is not valid', 'Check it for a typing mistake, or ask for another one: signalbox machines invite.'],
  used: [
    'The code has been used already',
    'Ask for another one: signalbox machines invite. If it was not you who used it, revoke its key: signalbox keys list.',
  ],
  expired: ['The code has expired', 'Ask for another one: signalbox machines invite.'],
} as const

export function invite({ app, store, clock, config }: RouteContext): void {
  const delays = new GrowingDelay(clock)

  serve(app, inviteRoutes.create, async ({ body: { name, scopes, any_machine, expires_in_s }, request, reply }) => {
    requireKey(request)
    const now = clock.now()
    const code = generateCode()
    const fields = { invite_id: `i_${randomBytes(6).toString('hex')}`, name, scopes, any_machine, expires_at: now + expires_in_s * 1000 }
    const details = { invite_id: fields.invite_id, name, scopes, any_machine }
    const change = { ...toChange(request, reply, now), audit: () => auditEntry(request, 'invite.created', details) }
    const made = await store.invites.create(fields, await hashOfCode(normalizeCode(code)!, store.id), change)
    reply.code(201)
    const { url, loopback } = inviteAddress(request, config)
    return {
      invite_id: made.invite_id,
      ...(change.idempotency?.replayed ? {} : { code, command: `npx signalbox connect ${url} ${code}` }),
      expires_at: new Date(made.expires_at).toISOString(),
      ...(made.name === undefined ? {} : { name: made.name }),
      scopes: made.scopes as typeof scopes,
      any_machine: made.any_machine === true,
      url,
      loopback,
    }
  })

  serve(app, inviteRoutes.redeem, async ({ body: { code: text, machine_id }, request, reply }) => {
    // A page of another origin must not guess codes from the browser of its visitors.
    requireOwnOrigin(request, { mayBeAbsent: true })
    const address = networkOfClient(request)
    const wait = Math.ceil(delays.attempt(address) / 1000)
    if (wait > 0) {
      reply.header('retry-after', wait)
      throw new HubError('rate_limit_exceeded', 'Too many codes from this address were refused', {
        suggestion: `Wait ${wait} s.`,
        details: { retry_after_seconds: wait },
      })
    }
    const now = clock.now()
    const code = normalizeCode(text)
    const { key, hash, ...fields } = generateKey()
    // A text that cannot be a code takes as long as one that can.
    const codeHash = await hashOfCode(code ?? '', store.id)
    const audit = (result: unknown) => {
      const redemption = result as Redemption
      return redemption.outcome === 'redeemed'
        ? auditEntry(request, 'invite.redeemed', { key_id: redemption.key.key_id, name: redemption.key.name, machine_id })
        : auditEntry(request, 'invite.refused', { outcome: redemption.outcome })
    }
    const end = { expires_at: new Date(now + KEY_LIFETIME_DAYS * DAY_MS).toISOString(), idle_days: KEY_LIFETIME_DAYS }
    const redeemed = await store.invites.redeem(codeHash, { ...fields, ...end, hash, machine_id }, { now, audit })
    if (redeemed.outcome !== 'redeemed') {
      // A promised line, as `key refused`: the address comes last before the text.
      request.log.warn({ outcome: redeemed.outcome, address: request.ip }, 'invite code refused')
      const [message, suggestion] = refusals[redeemed.outcome]
      throw new HubError('unauthorized', message, { apiCode: 'AUTH_INVALID', suggestion })
    }
    delays.succeed(address)
    const { prefix: _, created_at: __, revision: ___, ...shown } = redeemed.key
    const { key_id } = shown
    request.log.info({ key_id, address: request.ip }, 'invite redeemed')
    reply.code(201)
    return { ...shown, key }
  })
}

/** The address of this hub for another machine: as the client has named it, unless that name is of its own machine. */
function inviteAddress(request: FastifyRequest, config: HubConfig): { url: string; loopback: boolean } {
  if (config.publicUrl !== undefined) return { url: config.publicUrl, loopback: isLoopback(new URL(config.publicUrl).hostname) }
  const named = request.server.ownAddress.url(request)
  // The line is pasted into a shell, so nothing else of a header may be in it.
  const isPlain = /^https?:\/\/(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d+)?(?:\/[\w.~-]+)*$/i.test(named)
  if (isPlain && !isLoopback(new URL(named).hostname)) return { url: named, loopback: false }
  const port = request.socket.localPort ?? config.port
  if (config.loopback) return { url: `http://127.0.0.1:${port}`, loopback: true }
  const host = config.host === '0.0.0.0' || config.host === '::' ? networkAddress() : config.host
  if (host === undefined) return { url: `http://127.0.0.1:${port}`, loopback: true }
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, loopback: false }
}

/** The first address of this machine in a network. */
function networkAddress(): string | undefined {
  const addresses = Object.values(os.networkInterfaces()).flatMap((all) => all ?? [])
  return addresses.find(({ internal, family, address }) => !internal && family === 'IPv4' && !address.startsWith('169.254.'))?.address
}
