import { stripVTControlCharacters } from 'node:util'

export const consoleErrorCategories = ['SESSION_EXPIRED', 'CONTEXT_CORRUPTED', 'NETWORK_ERROR', 'PAGE_CHANGED', 'UNKNOWN'] as const
export type ConsoleErrorCategory = (typeof consoleErrorCategories)[number]

/** The reason why the usage page could not be read, as a plain object. */
export interface ConsoleFault {
  readonly category: ConsoleErrorCategory
  readonly message: string
  /** The suggested fix. */
  readonly suggestion?: string
  /** `busy`: another Signalbox process uses the profile. `locked`: another browser does. The profile is intact in both cases. */
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

/** Converts any thrown value to a plain object that can be reported and sent to another process. */
export function toConsoleFault(error: unknown): ConsoleFault {
  if (!(error instanceof ConsoleError)) {
    const { message = String(error), suggestion, code } = error as { message?: string; suggestion?: string; code?: unknown }
    if (/^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(code)) && message.includes('playwright-core')) {
      return {
        category: 'UNKNOWN',
        message: 'the package playwright-core, which drives the browser, is not installed.',
        suggestion: 'Install Signalbox again, without --omit=optional.',
      }
    }
    return { category: 'UNKNOWN', message: firstLine(message), ...(suggestion === undefined ? {} : { suggestion }) }
  }
  const { category, message, suggestion, reason } = error
  return { category, message, ...(suggestion === undefined ? {} : { suggestion }), ...(reason === undefined ? {} : { reason }) }
}

/** The first line of a message, because the browser driver appends its call log. */
export function firstLine(message: string): string {
  const [line = ''] = stripVTControlCharacters(message).split('\n')
  return line.trim().slice(0, 300)
}
