import { z } from 'zod'

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
