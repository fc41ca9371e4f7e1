import type { Hub } from '../hub/connect.ts'
import { findId } from '../hub/find-id.ts'

/** The id of a session of which somebody wrote at least the beginning. @throws Failure when it is not one session's */
export function findSession(hub: Hub, begins: string): Promise<string> {
  return findId(begins, {
    noun: 'session',
    ask: (page, more) => hub.client.listSessions(page, more),
    askBeginning: (session_id_prefix) => (page, more) => hub.client.listSessions({ ...page, session_id_prefix }, more),
    idOf: ({ session_id }) => session_id,
    about: ({ status, project_id, machine_id }) => `${status}  ${project_id} on ${machine_id}`,
  })
}
