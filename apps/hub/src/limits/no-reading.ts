import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { CollectorRecord } from '../store/store.ts'
import { isConnected } from './current.ts'

/** There is none, and what the collector says of that. */
export function noReading(account: string | undefined, collectors: readonly CollectorRecord[], now: number): HubError {
  const of = account === undefined ? '' : ` of the account ${account}`
  const collector = collectors.find((one) => one.health !== undefined && (account === undefined || one.account === account))
  const details = collector === undefined ? {} : { details: { collector: { machine_id: collector.machine, ...collector.health } } }
  return new HubError('not_found', `There is no reading of the plan limits${of} yet`, { suggestion: hintOf(collector, now), ...details })
}

function hintOf(collector: CollectorRecord | undefined, now: number): string {
  if (collector === undefined) return 'No collector has been heard yet. Start one: signalbox up, or signalbox collector.'
  const { machine, health, seenAt } = collector
  if (!isConnected(collector, now)) return `The collector on ${machine} is offline, last seen ${instantOf(seenAt)}. Start it again.`
  if (health!.state === 'needs_login') return `The collector on ${machine} needs a login: run "signalbox console login" there.`
  if (health!.state === 'paused') return `The collector on ${machine} reads no limits: every source is switched off in LIMIT_SOURCES.`
  if (health!.state === 'failing')
    return `The collector on ${machine} fails to read them: ${health!.lastError?.message ?? 'it does not say why'}`
  return `The collector on ${machine} is connected; its first reading should be here soon.`
}
