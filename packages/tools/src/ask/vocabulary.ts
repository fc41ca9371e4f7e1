import type { StateTrackingApiClient } from '@signalbox/client'
import type { Vocabulary } from '@signalbox/intent/call'

const USAGE_DAYS = 90
const DAY_MS = 86_400_000

/** The names of the hub that a question may mean: of its machines, its newest sessions, and the usage of three months. */
export async function readVocabulary(client: StateTrackingApiClient, now: () => number): Promise<Vocabulary> {
  const since = new Date(now() - USAGE_DAYS * DAY_MS).toISOString().slice(0, 10)
  const [machines, sessions, projects, models] = await Promise.all([
    client.listMachines({ limit: 100 }),
    client.listSessions({ limit: 100 }),
    client.getUsage({ since, group: 'project', limit: 1000 }),
    client.getUsage({ since, group: 'model', limit: 200 }),
  ])
  const namesOf = (names: readonly (string | undefined)[]) =>
    [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[]
  return {
    projects: namesOf([...sessions.map(({ project_id }) => project_id), ...projects.rows.map(({ project }) => project)]),
    machines: namesOf(machines.map(({ machine_id }) => machine_id)),
    models: namesOf(models.rows.map(({ model }) => model)),
    sessions: sessions.map(({ session_id }) => session_id),
  }
}
