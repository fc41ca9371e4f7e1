import { z } from 'zod'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

export const triggerQuerySchema = z.strictObject({
  /** The machine of the collector; defaults to the sender of the newest snapshot, else to the collector that reported last. */
  machine_id: identifierSchema().optional(),
  /** Without a machine: the account whose limits to read. */
  account: identifierSchema().optional(),
})

export const triggerResponseSchema = z
  .object({ success: z.literal(true), id: z.string(), machine_id: z.string(), message: z.string(), timestamp: instant })
  .meta({
    id: 'LimitTrigger',
    examples: [
      {
        success: true as const,
        id: '2f1c9d0e-6a53-4d3e-8f0a-1b9f3a7c5d11',
        machine_id: 'laptop',
        message: 'Requested a snapshot from laptop; follow limits.trigger with this id on /events',
        timestamp: '2026-10-06T09:18:00.000Z',
      },
    ],
  })
export type TriggerResponse = z.infer<typeof triggerResponseSchema>

export const triggerSteps = ['requested', 'picked_up', 'done', 'failed'] as const

/** `limits.trigger`: the progress of a requested snapshot. */
export const limitTriggerSchema = z.object({
  id: z.string(),
  machine_id: z.string(),
  step: z.enum(triggerSteps),
  /** Why the request failed. */
  message: z.string().optional(),
})
export type LimitTrigger = z.infer<typeof limitTriggerSchema>
