import { type ApiClientError, ForbiddenError, StateTrackingApiClient, UnauthorizedError } from '@signalbox/client'
import { formatDuration } from '@signalbox/contract/duration-text'
import type { WhoAmI } from '@signalbox/contract/login'
import { formatInteger } from '@signalbox/contract/number-text'
import { countOf } from '@signalbox/contract/plural'
import { printable } from '@signalbox/contract/printable'
import { type FoundHub, findHub } from '@signalbox/hub-address/find-hub'
import { plainHttpWarning } from '@signalbox/hub-address/plain-http'
import { versionNote } from '../hub/version-note.ts'
import { type Check, type Finding, fail, ok, warn } from './check.ts'

const MAX_CLOCK_SKEW_MS = 120_000
/** The share of a quota from which on it is mentioned. */
const QUOTA_WARNING_SHARE = 0.8
const quotaNouns: Readonly<Record<string, string>> = { rows: 'calls, observations and snapshots', names: 'new names' }

export const hubCheck: Check = async ({ io, env, settings }) => {
  const about = 'Hub'
  let hub: FoundHub
  try {
    hub = findHub(env)
  } catch (error) {
    const { message, suggestion } = error as Error & { suggestion?: string }
    return [fail(about, message, suggestion ?? 'Set SIGNALBOX_URL to the address of the hub.')]
  }
  const { url, from } = hub
  const collectorKey = settings.CLAUDE_SYNC_URL === undefined ? settings.CLAUDE_SYNC_API_KEY : undefined
  const key = collectorKey === undefined ? hub : { key: collectorKey, keyFrom: 'CLAUDE_SYNC_API_KEY' }
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: key.key, timeout: 3_000, retry: false })
  const findings: Finding[] = hub.warnings.map((warning) => warn(about, warning, 'It is used all the same.'))
  try {
    const { status, version, timestamp, message } = await client.checkHealth()
    if (status !== 'ok')
      return [
        fail(about, `${url} (${from}) answers, but its database is unavailable: ${message ?? 'no reason given'}`, "See the hub's log."),
      ]
    findings.push(ok(about, `${url} answers, version ${version} (${from})`))
    const note = versionNote(version)
    if (note !== undefined) findings.push(warn('Version', note.text, note.advice))
    const plain = plainHttpWarning(url)
    if (plain !== undefined) findings.push(warn(about, plain, 'Put a proxy with https before the hub: docs/proxy.md.'))
    const skew = Date.parse(timestamp) - io.now()
    if (Math.abs(skew) > MAX_CLOCK_SKEW_MS) {
      findings.push(
        warn(
          about,
          `its clock is ${formatDuration(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} this machine's`,
          'Set the clocks of both machines by NTP.',
        ),
      )
    }
  } catch (error) {
    const { message } = error as Error
    // Where no hub was ever set up the user may not want one.
    return hub.source !== 'default'
      ? [...findings, fail(about, `${message} (${from})`, 'Start the hub, or correct the address.')]
      : [
          warn(
            about,
            `none at ${url}, ${from}`,
            'The page and the commands for sessions, tasks and machines need it. Start it: signalbox up',
          ),
        ]
  }
  return [...findings, await checkKey(client, { ...key, machineId: hub.machineId }, io.now())]
}

/** The time before its end from which on a key is warned about. */
const END_WARNING_MS = 30 * 86_400_000

/** A key with a fixed end stops its programs on that day, unless someone knows before. */
function warnOfEnd({ expires_at, idle_days, name }: WhoAmI, now: number): Finding | undefined {
  if (expires_at === undefined || idle_days !== undefined) return undefined
  const left = Date.parse(expires_at) - now
  if (left > END_WARNING_MS) return undefined
  const end = `"${name}" ends on ${expires_at.slice(0, 10)}, in ${formatDuration(Math.max(0, left))}`
  return warn('Key', end, 'Make another one in time, and give it to what uses this one: signalbox keys create NAME')
}

/** What this machine sends under its own id is refused with a key that is bound to another one. */
function warnOfBinding({ machine_id, name }: WhoAmI, machineId: string): Finding | undefined {
  if (machine_id === undefined || machine_id === machineId) return undefined
  return warn(
    'Key',
    `"${name}" is bound to the machine ${printable(machine_id)}, and this one is called ${printable(machineId)}`,
    `Set MACHINE_ID=${printable(machine_id)}, or connect this machine with a code of its own: signalbox machines invite.`,
  )
}

function describeEnd({ expires_at, idle_days }: WhoAmI): string {
  if (idle_days !== undefined) return `, ends after ${countOf(idle_days, 'day')} without use`
  return expires_at === undefined ? '' : `, until ${expires_at.slice(0, 10)}`
}

type UsedKey = Pick<FoundHub, 'key' | 'keyFrom' | 'machineId'>

async function checkKey(client: StateTrackingApiClient, { key, keyFrom, machineId }: UsedKey, now: number): Promise<Finding> {
  const about = 'Key'
  try {
    const answer = await client.whoAmI()
    const { scopes, bypass, name, quotas = {} } = answer
    const ending = warnOfEnd(answer, now) ?? warnOfBinding(answer, machineId)
    if (ending !== undefined) return ending
    const nearly = Object.entries<{ used: number; limit: number }>(quotas).find(([, { used, limit }]) => used > limit * QUOTA_WARNING_SHARE)
    if (nearly !== undefined) {
      const [what, { used, limit }] = nearly
      return warn(
        about,
        `it has sent ${formatInteger(used)} of the ${formatInteger(limit)} ${quotaNouns[what] ?? what} of 24 hours`,
        'Beyond that the hub answers 429, and senders wait: docs/http.md, Quotas.',
      )
    }
    if (bypass) return ok(about, 'none exists; this machine needs none')
    const origin = keyFrom === undefined ? '' : `, from ${keyFrom}`
    const text = `${name === undefined ? 'valid' : `"${name}"`}, scopes ${scopes.join(', ')}${describeEnd(answer)}${origin}`
    return scopes.includes('ingest')
      ? ok(about, text)
      : warn(about, text, 'A collector needs the scope ingest: signalbox keys create NAME --scopes ingest')
  } catch (error) {
    if (error instanceof UnauthorizedError || error instanceof ForbiddenError) {
      return key === undefined
        ? warn(
            about,
            'the hub needs one, and none is set',
            "Run `signalbox keys create NAME` on the hub's machine, and set SIGNALBOX_API_KEY.",
          )
        : fail(
            about,
            `the hub rejected the one from ${keyFrom}: ${error.message}`,
            "Run `signalbox keys create NAME` on the hub's machine, and set SIGNALBOX_API_KEY.",
          )
    }
    return fail(about, `could not be checked: ${(error as Error).message}`, (error as ApiClientError).suggestion ?? "See the hub's log.")
  }
}
