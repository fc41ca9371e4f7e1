import { instantOf } from '../../clock.ts'
import type { PlanFacts } from '../facts.ts'

const MAX_QUOTED_CHARS = 200

/** The text of others as part of one line. */
export function oneLine(text: string, maxChars = MAX_QUOTED_CHARS): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  const chars = [...line]
  return chars.length <= maxChars ? line : `${chars.slice(0, maxChars - 1).join('')}…`
}

/** `90 s`, `10 min`, `2 h`, `3 days`: in the largest unit that is exact, or nearly. */
export function durationText(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 120 * 60_000 && ms % 3_600_000 !== 0) return `${Math.round(ms / 60_000)} min`
  if (ms < 48 * 3_600_000) return `${Math.round(ms / 360_000) / 10} h`
  return `${Math.round(ms / 8_640_000) / 10} days`
}

export function usdText(usd: number): string {
  return `$${usd.toFixed(2)}`
}

/** The last part of an id that is a path or the address of a repository. */
export function projectName(id: string): string {
  return oneLine(id.split(/[\\/]/).findLast((part) => part !== '') ?? id, 80)
}

/** `Session fix-login in shop on laptop`. */
export function sessionWords(session: { session_id: string; name: string | null; project_id: string; machine_id: string }): string {
  const { session_id, name, project_id, machine_id } = session
  return `Session ${name === null ? session_id.slice(0, 8) : oneLine(name, 80)} in ${projectName(project_id)} on ${oneLine(machine_id, 80)}`
}

/** `The 5-hour limit of ann`. */
export function limitWords(plan: Pick<PlanFacts, 'name'>, label: string): string {
  const limit = oneLine(label, 80)
  return plan.name === undefined ? `The ${lowerFirst(limit)}` : `The ${lowerFirst(limit)} of ${oneLine(plan.name, 80)}`
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

/** An instant among the figures of an alert. */
export const instantValue = (ms: number) => instantOf(ms)
