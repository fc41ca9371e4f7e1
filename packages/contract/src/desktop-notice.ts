import { z } from 'zod'
import { COLLECTOR_WAIT_MS } from './limit-source.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'

/** A message for the desktop of a machine: its collector fetches and shows it. */
export const desktopNoticeSchema = z
  .object({
    /** The message's id: a notice that is fetched again has the same. */
    notice_id: z.string(),
    /** A notice replaces the one with the same tag on the screen. */
    tag: z.string(),
    title: z.string(),
    body: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    url: z.string().optional(),
  })
  .meta({
    id: 'DesktopNotice',
    examples: [{ notice_id: 'm_1', tag: 'a_1', title: 'Session failed', body: 'The session "Fix login" failed.', severity: 'warning' }],
  })
export type DesktopNotice = z.infer<typeof desktopNoticeSchema>

/** The long poll of a collector that can show notices. */
export const desktopPollSchema = z
  .strictObject({
    machine_id: identifierSchema(),
    /** What became of the notices of earlier answers. */
    shown: z
      .array(z.strictObject({ notice_id: identifierSchema(), ok: z.boolean() }))
      .max(100)
      .optional(),
    /** How long to wait for a notice, in milliseconds; with 0 the hub answers at once. */
    waitMs: z.int().min(0).max(COLLECTOR_WAIT_MS).default(COLLECTOR_WAIT_MS),
  })
  .meta({ id: 'DesktopPoll', examples: [{ machine_id: 'laptop', waitMs: 20_000 }] })
export type DesktopPoll = z.input<typeof desktopPollSchema>

export const desktopNoticesSchema = z
  .object({
    notices: z.array(desktopNoticeSchema),
    /** The hub cannot hold requests open: when to ask again, in milliseconds. */
    askAgainInMs: z.int().min(0).optional(),
  })
  .meta({ id: 'DesktopNotices', examples: [{ notices: [] }] })
export type DesktopNotices = z.infer<typeof desktopNoticesSchema>

export const desktopNoticeRoutes = {
  poll: route({
    method: 'POST',
    path: '/api/desktop-notices',
    access: 'ingest',
    summary: 'Poll for desktop notices (collectors)',
    description:
      'Long poll of a collector that can show notifications. The hub answers when there are notices, or after `waitMs`. Each notice is handed to ' +
      'one poll only; the next poll says whether it was shown.',
    body: desktopPollSchema,
    responses: { 200: desktopNoticesSchema },
  }),
}
