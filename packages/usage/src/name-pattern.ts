import type { AlertFilter } from '@signalbox/contract/alert-rule-parameters'

/**
 * Whether a name matches a pattern: `*` stands for any text, `?` for one character; upper and lower case are the same. Not with
 * a regular expression: one with many stars takes a time that grows with their number.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const [wanted, text] = [[...pattern.toLowerCase()], [...name.toLowerCase()]]
  let at = 0
  /** The last star, and the text up to which it stands for so far. */
  let star = -1
  let upTo = 0
  let next = 0
  while (at < text.length) {
    if (wanted[next] === '*') {
      star = next++
      upTo = at
    } else if (next < wanted.length && (wanted[next] === '?' || wanted[next] === text[at])) {
      next++
      at++
    } else if (star !== -1) {
      next = star + 1
      at = ++upTo
    } else return false
  }
  return wanted.slice(next).every((rest) => rest === '*')
}

/** Whether one of the patterns matches; without patterns all names do, and a name that is not known matches none. */
export function matchesAny(patterns: readonly string[] | undefined, name: string | null | undefined): boolean {
  if (patterns === undefined) return true
  return typeof name === 'string' && patterns.some((pattern) => matchesPattern(pattern, name))
}

/** The names that filters ask for; a field that is left out is not known. */
export interface FilteredNames {
  readonly project_id?: string | null | undefined
  readonly machine_id?: string | null | undefined
  readonly model?: string | null | undefined
}

export function matchesFilter(filter: AlertFilter | undefined, names: FilteredNames): boolean {
  if (filter === undefined) return true
  return (
    matchesAny(filter.project_id, names.project_id) &&
    matchesAny(filter.machine_id, names.machine_id) &&
    matchesAny(filter.model, names.model)
  )
}
