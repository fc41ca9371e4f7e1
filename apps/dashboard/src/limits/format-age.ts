import { formatDuration } from '../ui/time-format.ts'
import { t } from '../words/limits.ts'

/** `just now`, `20 min ago`; limits are read every few minutes, so seconds do not matter. */
export function formatAge(milliseconds: number): string {
  return milliseconds < 60_000 ? t.justNow : t.ago(formatDuration(milliseconds))
}
