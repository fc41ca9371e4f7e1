import { findId } from '../hub/find-id.ts'
import type { Hub } from '../hub/with-hub.ts'

/** The id of the one session that starts with a prefix. @throws Failure when it is not exactly one */
export function findSession(hub: Hub, idPrefix: string): Promise<string> {
  return findId(idPrefix, {
    noun: 'session',
    ask: (page, more) => hub.client.listSessions(page, more),
    fetchByPrefix: (session_id_prefix) => (page, more) => hub.client.listSessions({ ...page, session_id_prefix }, more),
    idOf: ({ session_id }) => session_id,
    about: ({ status, project_id, machine_id }) => `${status}  ${project_id} on ${machine_id}`,
  })
}
