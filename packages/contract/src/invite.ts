import { z } from 'zod'
import { keySchema } from './key.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/** What a machine may get by an invite: `admin` needs a key that an admin creates. */
export const invitedScopes = ['ingest', 'read', 'write'] as const
const invitedScopeSchema = z.enum(invitedScopes)

/** Seconds for which a code is valid, unless the request says otherwise. */
export const INVITE_TTL_S = 600
const MAX_INVITE_TTL_S = 86_400

export const createInviteSchema = z
  .strictObject({
    /** The name of the key that the machine gets; its id by default. */
    name: z.string().trim().pipe(identifierSchema()).optional(),
    expires_in_s: z.int().min(10).max(MAX_INVITE_TTL_S).default(INVITE_TTL_S),
    /** Ingest for the collector and the hooks, read and write for the commands and the MCP server. */
    scopes: z
      .array(invitedScopeSchema)
      .min(1)
      .max(invitedScopes.length)
      .default([...invitedScopes]),
    /** Whether the key may report about every machine, and not only about the one that exchanges the code. */
    any_machine: z.boolean().default(false),
  })
  .meta({ id: 'CreateInvite', examples: [{ name: 'laptop' }] })
export type CreateInvite = z.input<typeof createInviteSchema>

/** The only response with the code. A replay by `Idempotency-Key` lacks it and the command, because the hub stores only the hash. */
export const inviteSchema = z
  .object({
    invite_id: z.string(),
    /** Two groups of four characters; case, spaces and the hyphen do not matter. */
    code: z.string().optional(),
    expires_at: instant,
    name: z.string().optional(),
    scopes: z.array(invitedScopeSchema),
    any_machine: z.boolean(),
    /** The address of this hub for the other machine, as well as the hub knows it. */
    url: z.string(),
    /** Whether the hub listens on this machine only, so that no other machine can use the code. */
    loopback: z.boolean(),
    /** The line to paste on the other machine. */
    command: z.string().optional(),
  })
  .meta({
    id: 'Invite',
    examples: [
      {
        invite_id: 'i_3f9a1c20b7d4',
        code: 'K7QX-2MPD',
        expires_at: '2026-10-06T09:22:00.000Z',
        name: 'laptop',
        scopes: ['ingest', 'read', 'write'],
        any_machine: false,
        url: 'https://hub.example',
        loopback: false,
        command: 'npx signalbox connect https://hub.example K7QX-2MPD',
      },
    ],
  })
export type Invite = z.infer<typeof inviteSchema>

export const redeemInviteSchema = z
  .strictObject({
    code: z.string().min(1).max(100),
    machine_id: identifierSchema(),
  })
  .meta({ id: 'RedeemInvite', examples: [{ code: 'K7QX-2MPD', machine_id: 'laptop' }] })
export type RedeemInvite = z.infer<typeof redeemInviteSchema>

/** The machine's key; the hub stores its hash. */
export const redeemedInviteSchema = keySchema
  .pick({ key_id: true, name: true, scopes: true, machine_id: true, expires_at: true, idle_days: true })
  .extend({ key: z.string() })
  .meta({
    id: 'RedeemedInvite',
    examples: [
      {
        key_id: 'k_3f9a1c20b7d4',
        name: 'laptop',
        scopes: ['ingest', 'read', 'write'],
        machine_id: 'laptop',
        expires_at: '2027-10-06T09:13:00.000Z',
        idle_days: 365,
        key: 'sbx_q7Zt…',
      },
    ],
  })
export type RedeemedInvite = z.infer<typeof redeemedInviteSchema>

export const inviteRoutes = {
  create: route({
    method: 'POST',
    path: '/api/invites',
    access: 'admin',
    summary: 'Invite a machine',
    description:
      'Makes a short code that a machine exchanges for a key of its own, once, with `signalbox connect`. The code is part of this ' +
      'response only; the hub stores its hash.',
    body: createInviteSchema,
    responses: { 201: inviteSchema },
  }),
  redeem: route({
    method: 'POST',
    path: '/api/invites/redeem',
    access: 'public',
    summary: 'Exchange a code for a key',
    description:
      'Creates the key that an invite allows: bound to the machine, unless the invite is for any, and with an end a year after its last ' +
      'use. A code works once, until it expires. After refused codes an address has to wait, longer each time (429 with `Retry-After`).',
    body: redeemInviteSchema,
    responses: { 201: redeemedInviteSchema },
  }),
}
