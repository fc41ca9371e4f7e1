import { stripVTControlCharacters } from 'node:util'

export const consoleErrorCategories = ['SESSION_EXPIRED', 'CONTEXT_CORRUPTED', 'NETWORK_ERROR', 'PAGE_CHANGED', 'UNKNOWN'] as const
export type ConsoleErrorCategory = (typeof consoleErrorCategories)[number]

/** Why the usage page could not be read. */
export interface ConsoleFault {
  readonly category: ConsoleErrorCategory
  readonly message: string
  /** What to do about it. */
  readonly suggestion?: string
  /** `busy`: a command of ours uses the profile. `locked`: another browser does. Neither is damage. */
  readonly reason?: 'busy' | 'locked'
}

export class ConsoleError extends Error implements ConsoleFault {
  readonly category: ConsoleErrorCategory
  readonly suggestion?: string
  readonly reason?: 'busy' | 'locked'

  constructor({ category, message, suggestion, reason }: ConsoleFault) {
    super(message)
    this.name = 'ConsoleError'
    this.category = category
    if (suggestion !== undefined) this.suggestion = suggestion
    if (reason !== undefined) this.reason = reason
  }
}

/** Whatever was thrown, as a fault that can be told and sent to another process. */
export function faultOf(error: unknown): ConsoleFault {
  if (!(error instanceof ConsoleError)) {
    const { message = String(error), suggestion } = error as { message?: string; suggestion?: string }
    return { category: 'UNKNOWN', message: firstLine(message), ...(suggestion === undefined ? {} : { suggestion }) }
  }
  const { category, message, suggestion, reason } = error
  return { category, message, ...(suggestion === undefined ? {} : { suggestion }), ...(reason === undefined ? {} : { reason }) }
}

/** Of a message of the browser's driver, which goes on with its call log. */
export function firstLine(message: string): string {
  const [line = ''] = stripVTControlCharacters(message).split('\n')
  return line.trim().slice(0, 300)
}
