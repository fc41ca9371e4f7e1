import { z } from 'zod'
import { currentLimitsSchema } from './current-limits.ts'
import { listQueryShape } from './list.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/** An account of a Claude plan, with its current limits. */
export const accountSchema = z
  .object({
    /** The account's id, as its machines send it; absent for snapshots that name none. */
    account: z.string().optional(),
    /** The name that a person has given it. */
    name: z.string().optional(),
    /** False for a former account: no machine has used it lately. */
    inUse: z.boolean(),
    /** The machines that have sent snapshots of it, the last one first. */
    machines: z.array(z.string()),
    firstSeenAt: instant,
    /** The capture time of its newest snapshot. */
    lastSeenAt: instant,
    /** False where a source that has every limit of the plan shows no 5-hour limit. */
    hasSessionLimit: z.boolean(),
    limits: currentLimitsSchema,
  })
  .meta({
    id: 'Account',
    examples: [
      {
        account: '0f6b8a52-4c1d-4b7e-9a35-6de1c2f04711',
        name: 'Anna',
        inUse: true,
        machines: ['laptop'],
        firstSeenAt: '2026-10-01T08:00:00.000Z',
        lastSeenAt: '2026-10-06T09:18:00.000Z',
        hasSessionLimit: true,
        limits: {
          lastUpdated: '2026-10-06T09:18:00.000Z',
          account: '0f6b8a52-4c1d-4b7e-9a35-6de1c2f04711',
          accountName: 'Anna',
          currentSession: { resetsIn: '2 hr 42 min', percentageUsed: 47, resetsAt: '2026-10-06T12:00:00.000Z' },
          source: 'claude-json',
          machine_id: 'laptop',
          isStale: false,
          ageMinutes: 2,
          versionInfo: { current: 100, total: 100, timestamp: '2026-10-06T09:18:00.000Z', filename: '2026-10-06T09-18-00-5f0c3b1a.json' },
        },
      },
    ],
  })
export type Account = z.infer<typeof accountSchema>

/** A name for people: one line. */
const accountName = z.string().trim().pipe(identifierSchema(100, 1))

export const nameAccountSchema = z
  .strictObject({
    /** Null takes the name away. */
    name: accountName.nullable(),
  })
  .meta({ id: 'NameAccount', examples: [{ name: 'Anna' }] })
export type NameAccount = z.infer<typeof nameAccountSchema>

export const namedAccountSchema = z
  .object({ account: z.string(), name: z.string().optional() })
  .meta({ id: 'NamedAccount', examples: [{ account: '0f6b8a52-4c1d-4b7e-9a35-6de1c2f04711', name: 'Anna' }] })
/** Also the data of `limits.account`: an account was given another name. */
export type NamedAccount = z.infer<typeof namedAccountSchema>

export const accountRoutes = {
  list: route({
    method: 'GET',
    path: '/api/claude/accounts',
    access: 'read',
    summary: 'List the accounts',
    description:
      'Returns the accounts whose plan limits were sent to this hub, each with its current limits: first those in use, in the order in ' +
      'which the hub saw them first. The headers `X-Total-Count` and `Link` describe the pages.',
    query: z.strictObject(listQueryShape),
    responses: { 200: z.array(accountSchema) },
  }),
  name: route({
    method: 'PATCH',
    path: '/api/claude/accounts/:account',
    access: 'write',
    summary: 'Name an account',
    description: 'The name is shown wherever the limits of the account are.',
    params: z.strictObject({ account: identifierSchema() }),
    body: nameAccountSchema,
    responses: { 200: namedAccountSchema },
  }),
}
