import { limitRoutes } from '@signalbox/contract/limits'
import { TELEMETRY_MACHINE_HEADER } from '@signalbox/contract/telemetry'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HubError } from '../hub-error.ts'
import type { Store } from '../store/store.ts'
import type { Binding } from './principal.ts'

/** What a request that changes something is about. */
interface Subjects {
  readonly machines: (string | undefined)[]
  readonly projects: (string | undefined)[]
  /** Whether its sessions are looked at where they are written, one by one. */
  perSession: boolean
}

/** Fields that name what a request is about. */
interface Names {
  readonly machine_id?: unknown
  readonly project_id?: unknown
  readonly session_id?: unknown
  readonly task_id?: unknown
  readonly calls?: unknown
  readonly folders?: unknown
  readonly observations?: unknown
  readonly into?: unknown
  readonly new_machine_id?: unknown
}

/**
 * Holds keys that are bound to a machine or project to it. A request that does not say what it is about is refused too, so
 * that a new route is closed to such keys until it does.
 */
export function checkBoundKeys(app: FastifyInstance, store: Store): void {
  app.addHook('preHandler', async (request) => {
    const bound = request.principal?.bound
    const { access } = request.routeConfig
    if (bound === undefined || request.method === 'GET' || request.method === 'HEAD') return
    if (access === 'public' || access === 'authenticated') return
    const subjects = await subjectsOf(request, store)
    requireAll('machine', bound.machine_id, subjects.machines, false)
    requireAll('project', bound.project_id, subjects.projects, subjects.perSession)
  })
}

/** The machine whose collector a trigger is for: with a bound key, its own unless another is named. */
export function triggeredMachine({ principal }: FastifyRequest, named: string | undefined): string | undefined {
  return named ?? principal?.bound?.machine_id
}

/** @throws HubError `forbidden` for a session of another machine or project than that of the key */
export function requireBound(bound: Binding | undefined, session: { readonly machine_id?: string; readonly project_id?: string }): void {
  if (bound === undefined) return
  requireAll('machine', bound.machine_id, [session.machine_id], false)
  requireAll('project', bound.project_id, [session.project_id], false)
}

async function subjectsOf(request: FastifyRequest, store: Store): Promise<Subjects> {
  const subjects: Subjects = { machines: [], projects: [], perSession: false }
  const params = (request.params ?? {}) as Names
  const query = (request.query ?? {}) as Names
  const body = (typeof request.body === 'object' && request.body !== null ? request.body : {}) as Names
  for (const { machine_id, project_id } of [params, query, body]) {
    if (typeof machine_id === 'string') subjects.machines.push(machine_id)
    if (typeof project_id === 'string') subjects.projects.push(project_id)
  }
  // A merge and a recovery change a second machine, the one that gets what the other had.
  for (const id of [body.into, body.new_machine_id]) {
    if (typeof id === 'string') subjects.machines.push(id)
  }
  if (request.routeConfig.url === limitRoutes.trigger.path && query.machine_id === undefined) {
    subjects.machines.push(triggeredMachine(request, undefined))
  }
  const task = typeof params.task_id === 'string' ? await store.tasks.find(params.task_id) : undefined
  for (const id of new Set([params.session_id, body.session_id, task?.session_id])) {
    const session = typeof id === 'string' ? await store.sessions.find(id) : undefined
    if (session === undefined) continue
    subjects.machines.push(session.machine_id)
    subjects.projects.push(session.project_id)
  }
  const named = [
    ...(Array.isArray(body.calls) ? (body.calls as { cwd?: string }[]).map(({ cwd }) => cwd) : []),
    ...(Array.isArray(body.folders) ? (body.folders as { folder?: string }[]).map(({ folder }) => folder) : []),
  ]
  if (named.length > 0) {
    const folders = new Set(named)
    // The project of a call is its folder; that of a session is usually named after the folder.
    const bound = request.principal?.bound?.project_id
    for (const folder of folders) subjects.projects.push(bound !== undefined && folder?.endsWith(`/${bound}`) ? bound : folder)
  }
  if (Array.isArray(body.observations)) {
    subjects.perSession = true
    for (const observation of body.observations as (Names | null)[]) {
      if (typeof observation?.project_id === 'string') subjects.projects.push(observation.project_id)
    }
  }
  if (request.routeConfig.url?.startsWith('/v1/')) {
    subjects.perSession = true
    const sent = request.headers[TELEMETRY_MACHINE_HEADER]
    if (typeof sent === 'string') subjects.machines.push(decodeURIComponent(sent))
  }
  return subjects
}

function requireAll(
  noun: 'machine' | 'project',
  bound: string | undefined,
  found: readonly (string | undefined)[],
  mayBeAbsent: boolean,
): void {
  if (bound === undefined) return
  const other = found.find((id) => id !== bound)
  if (found.length > 0 ? found.every((id) => id === bound) : mayBeAbsent) return
  throw new HubError(
    'forbidden',
    other === undefined
      ? `The key is bound to the ${noun} ${bound}, and the request is about none`
      : `The key is bound to the ${noun} ${bound}, not ${other}`,
    { suggestion: 'Use a key for what the request is about: signalbox keys create NAME.', details: { [`${noun}_id`]: bound } },
  )
}
