import type { Call } from '@signalbox/contract/call'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { withoutDeleted } from '../../deletion.ts'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { IngestCounts } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import { storedDeletions } from '../deletion.ts'
import type { Names } from '../name.ts'
import type { Transaction } from '../writer.ts'
import { type Rolled, RollUp } from './roll-up.ts'

/** A row of the table `call`. */
export type CallRow = [
  call_id: number,
  at: number,
  session: number,
  place: number,
  kind: number,
  version: number,
  agent: number,
  is_sidechain: number,
  input: number,
  output: number,
  write_5m: number,
  write_1h: number,
  read: number,
  web_searches: number | null,
]

/** The columns of a call, in the order of its values. */
export const callColumns = 'at, session, place, kind, version, agent, is_sidechain, input, output, write_5m, write_1h, read, web_searches'

/** Inside a transaction: stores calls by the winner rule, and updates the roll-ups. */
export function ingest(
  connection: Connection,
  names: Names,
  cuts: PriceCuts,
  machine: string,
  sent: readonly Call[],
  { now, publish }: Transaction,
): IngestCounts {
  const calls = withoutDeleted(storedDeletions(connection), machine, sent)
  const insert = connection.prepare(
    `INSERT INTO call (key, ${callColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const select = connection.rows(`SELECT call_id, ${callColumns} FROM call WHERE key = ?`)
  const update = connection.prepare(
    `UPDATE call SET ${callColumns
      .split(', ')
      .map((name) => `${name} = ?`)
      .join(', ')} WHERE call_id = ?`,
  )
  const rollUp = new RollUp(cuts.thresholds)
  const reader = new Reader(names, machine)
  let accepted = 0
  let improved = 0
  let since = Number.POSITIVE_INFINITY
  let until = Number.NEGATIVE_INFINITY
  const touched = (at: number) => {
    if (at < since) since = at
    if (at > until) until = at
  }
  for (const call of calls) {
    const values = reader.valuesOf(call)
    if (insert.run(call.key, ...values).changes === 1) {
      accepted++
      touched(values[0])
      rollUp.add(rolled(values))
      continue
    }
    const [id, ...old] = select.get(call.key) as CallRow
    const known = callOf(names, call.key, old)
    const better = mergeCalls(known, call)
    if (better === known) continue
    improved++
    // The machine of a call is the first that reported it, even if another one has the better record.
    const next = reader.valuesOf(better, names.place(old[2])[0])
    update.run(...next, id)
    touched(old[0])
    touched(next[0])
    rollUp.replace(rolled(old), rolled(next))
  }
  if (accepted + improved > 0) {
    rollUp.write(connection, names, cuts)
    publish({
      event: 'usage.updated',
      data: { machine_id: machine, accepted, improved, since: new Date(since).toISOString(), until: new Date(until).toISOString() },
    })
  }
  connection.prepare('UPDATE usage_state SET revision = revision + ?, last_ingest_at = ?').run(accepted + improved > 0 ? 1 : 0, now)
  const deleted = sent.length - calls.length
  return { accepted, improved, duplicates: calls.length - accepted - improved, ...(deleted === 0 ? {} : { deleted }) }
}

export type CallValues = CallRow extends [number, ...infer Rest] ? Rest : never

export function rolled([at, session, place, kind, , , , input, output, write_5m, write_1h, read, web_searches]: CallValues): Rolled {
  return { at, session, place, kind, input, output, write_5m, write_1h, read, web_searches: web_searches ?? 0 }
}

/** Converts calls to rows. */
class Reader {
  readonly #names: Names
  readonly #machine: number
  // Most calls of a batch have the same place as the one before.
  #place = 0
  #placeMachine = -1
  #project: string | undefined
  #branch: string | undefined

  constructor(names: Names, machine: string) {
    this.#names = names
    this.#machine = names.idOf(machine)
  }

  valuesOf(call: Call, machine = this.#machine): CallValues {
    const names = this.#names
    return [
      Date.parse(call.at),
      names.idOf(call.session_id),
      this.#placeOf(machine, call.cwd, call.git_branch),
      names.kindOf(names.idOf(call.model), names.idOf(call.speed), names.idOf(call.service_tier), names.idOf(call.inference_geo)),
      names.idOf(call.version),
      names.idOf(call.agent_id),
      call.is_sidechain ? 1 : 0,
      call.input,
      call.output,
      call.write_5m,
      call.write_1h,
      call.read,
      call.web_searches ?? null,
    ]
  }

  #placeOf(machine: number, project: string | undefined, branch: string | undefined): number {
    if (machine !== this.#placeMachine || project !== this.#project || branch !== this.#branch) {
      this.#place = this.#names.placeOf(machine, this.#names.idOf(project), this.#names.idOf(branch))
      this.#placeMachine = machine
      this.#project = project
      this.#branch = branch
    }
    return this.#place
  }
}

/** Converts a row to a call. */
export function callOf(names: Names, key: string, row: CallValues): Call {
  const [at, session, place, kind, version, agent, is_sidechain, input, output, write_5m, write_1h, read, web_searches] = row
  const [, project, branch] = names.place(place)
  const [model, speed, serviceTier, inferenceGeo] = names.kind(kind)
  const call: Call = {
    key,
    at: new Date(at).toISOString(),
    model: names.textOf(model)!,
    is_sidechain: is_sidechain === 1,
    input,
    output,
    write_5m,
    write_1h,
    read,
  }
  if (session !== 0) call.session_id = names.textOf(session)
  if (project !== 0) call.cwd = names.textOf(project)
  if (branch !== 0) call.git_branch = names.textOf(branch)
  if (version !== 0) call.version = names.textOf(version)
  if (agent !== 0) call.agent_id = names.textOf(agent)
  if (web_searches !== null) call.web_searches = web_searches
  if (speed !== 0) call.speed = names.textOf(speed)
  if (serviceTier !== 0) call.service_tier = names.textOf(serviceTier)
  if (inferenceGeo !== 0) call.inference_geo = names.textOf(inferenceGeo)
  return call
}
