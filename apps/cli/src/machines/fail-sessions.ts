import type { FailSessions, FailSessionsResult } from '@signalbox/contract/machine-sessions'
import { plural } from '@signalbox/contract/plural'
import { printable } from '@signalbox/contract/printable'
import { formatCount } from '../format-number.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export interface FailSessionsOptions extends HubOptions, ConfirmOptions {
  readonly reason: string
  readonly status?: FailSessions['statuses']
  readonly dryRun?: true
}

/** The hub may take this long for many sessions. */
const REQUEST = { timeout: 600_000, retry: false }

export async function failSessions(io: Io, id: string, options: FailSessionsOptions): Promise<void> {
  const { reason, status, dryRun, json, yes } = options
  const request: FailSessions = { reason, ...(status === undefined ? {} : { statuses: status }) }
  if (!dryRun) requireConfirmation(io, 'this fails every live session on the machine', options)
  await withHub(
    io,
    options,
    async ({ client }) => {
      if (dryRun || !yes) {
        const expected = await client.failMachineSessions(id, { ...request, dry_run: true })
        if (dryRun) return print(io, expected, json)
        io.stderr.write(describe(expected))
        if (expected.sessions_affected > 0) await confirm(io, 'Continue?', options)
      }
      print(io, await client.failMachineSessions(id, request), json)
    },
    REQUEST,
  )
}

function print(io: Io, result: FailSessionsResult, json: true | undefined): void {
  if (json) printJson(io, result)
  else io.stdout.write(describe(result))
}

function describe({ machine_id, sessions_affected, session_ids, dry_run }: FailSessionsResult): string {
  const sessions = formatCount(sessions_affected, 'session')
  const first = `${sessions} on ${printable(machine_id)} ${dry_run ? 'would be failed' : `${plural(sessions_affected, 'has', 'have')} failed`}.`
  const undo = dry_run || sessions_affected === 0 ? [] : ['Undo it for one with: signalbox sessions recover ID']
  return `${[first, ...session_ids.map((id) => `  ${id}`), ...undo].join('\n')}\n`
}
