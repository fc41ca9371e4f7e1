import { formatDuration } from '../ui/time-format.ts'

/** `just now`, `20 min ago`; limits are read every few minutes, so seconds do not matter. */
export function formatAge(milliseconds: number): string {
  return milliseconds < 60_000 ? 'just now' : `${formatDuration(milliseconds)} ago`
}
