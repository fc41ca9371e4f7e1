export const statusFilters = ['person', 'active', 'waiting', 'paused', 'stalled', 'failed', 'completed'] as const
/** `person`: nothing goes on until a person has looked. `waiting`: active, and it is a person's turn. */
export type StatusFilter = (typeof statusFilters)[number]

/** What the address of the sessions screen can say. */
export interface SessionSearch {
  status?: StatusFilter
  machine?: string
  project?: string
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : undefined
}

/** What of an address makes sense; the rest of it is left out, so that an old or mistyped link still opens. */
export function readSessionSearch(search: Record<string, unknown>): SessionSearch {
  const status = statusFilters.find((name) => name === search.status)
  const machine = text(search.machine)
  const project = text(search.project)
  return {
    ...(status === undefined ? {} : { status }),
    ...(machine === undefined ? {} : { machine }),
    ...(project === undefined ? {} : { project }),
  }
}
