import { z } from 'zod'

/** What one filter of a report stands for. */
const meaning = z.object({
  /** The filter as it was written. */
  asked: z.string(),
  /** The names of calls that it stands for; empty when it is none, or when it could be several: then the report is empty. */
  names: z.array(z.string()),
  /** What could be meant instead, best first. */
  nearest: z.array(z.string()).optional(),
})
export type UsageFilterMeaning = z.infer<typeof meaning>

/** What the filters of a report stand for, of those that are not written as calls have the name. */
export const usageFiltersSchema = z.object({
  project: meaning.optional(),
  folder: meaning.optional(),
  model: meaning.optional(),
  session_id: meaning.optional(),
  branch: meaning.optional(),
  machine_id: meaning.optional(),
  person: meaning.optional(),
  agent: meaning.optional(),
})
export type UsageFilters = z.infer<typeof usageFiltersSchema>
