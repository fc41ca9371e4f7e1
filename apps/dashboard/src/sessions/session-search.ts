export const statusFilters = ['attention', 'active', 'waiting', 'paused', 'stalled', 'unseen', 'failed', 'completed'] as const
/**
 * `attention`: needs attention, that is waiting, stalled or failed. `waiting`: active, and waiting for permission or input.
 * `unseen`: nothing that observes it is in contact; such a session counts as neither active nor waiting.
 */
export type StatusFilter = (typeof statusFilters)[number]

/** The former name of `attention`, which older links still have. */
const FORMER_ATTENTION = 'person'

/** Query parameters of the sessions screen. */
export interface SessionSearch {
  status?: StatusFilter
  machine?: string
  project?: string
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : undefined
}

/** Reads the query parameters; invalid ones are dropped, so that an old or mistyped link still opens. */
export function readSessionSearch(search: Record<string, unknown>): SessionSearch {
  const wanted = search.status === FORMER_ATTENTION ? 'attention' : search.status
  const status = statusFilters.find((name) => name === wanted)
  const machine = text(search.machine)
  const project = text(search.project)
  return {
    ...(status === undefined ? {} : { status }),
    ...(machine === undefined ? {} : { machine }),
    ...(project === undefined ? {} : { project }),
  }
}
