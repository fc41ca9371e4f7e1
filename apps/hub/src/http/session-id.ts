import { canonicalSessionId } from '@signalbox/contract/session-id'

/** The value of a path parameter as the schemas of the contract would make it, on the paths that read it before them. */
export function canonicalId(parameter: string, id: string): string {
  return parameter === 'session_id' ? canonicalSessionId(id) : id
}
