import { z } from 'zod'

const error = 'must be true, because this cannot be undone'

/** The confirmation of a request that deletes for good: in its body, or in its query where a proxy drops the body of a DELETE. */
export const confirmBodySchema = z.strictObject({ confirm: z.literal(true, { error }).optional() })
export const confirmQuerySchema = z.strictObject({ confirm: z.literal('true', { error }).optional() })
