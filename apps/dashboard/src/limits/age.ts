import { duration } from '../ui/time-format.ts'

/** `just now`, `20 min ago`: minutes are fine enough for what is read every few of them. Takes milliseconds. */
export function age(milliseconds: number): string {
  return milliseconds < 60_000 ? 'just now' : `${duration(milliseconds)} ago`
}
