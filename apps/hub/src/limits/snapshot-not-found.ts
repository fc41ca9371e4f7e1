import { describeHeldLimits } from '@signalbox/contract/clock-skew'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { CollectorRecord } from '../store/collector.ts'
import { isConnected } from './current.ts'

/** The error of a plan without a snapshot, with the state of its collector. */
export function snapshotNotFound(account: string | undefined, collectors: readonly CollectorRecord[], now: number): HubError {
  const ofAccount = account === undefined ? '' : ` of the account ${account}`
  const collector = collectors.find((one) => one.health !== undefined && (account === undefined || one.account === account))
  const details = collector === undefined ? {} : { details: { collector: { machine_id: collector.machine, ...collector.health } } }
  return new HubError('not_found', `There is no snapshot of the plan limits${ofAccount} yet`, {
    suggestion: suggestFor(collector, now),
    ...details,
  })
}

function suggestFor(collector: CollectorRecord | undefined, now: number): string {
  if (collector === undefined) return 'No collector has connected yet. Start one: signalbox up, or signalbox collector.'
  const { machine, health, seenAt } = collector
  if (!isConnected(collector, now)) return `The collector on ${machine} is offline, last seen ${instantOf(seenAt)}. Start it again.`
  if (health!.state === 'needs_login') return `The collector on ${machine} needs a login: run "signalbox web login" there.`
  if (health!.state === 'paused') return `The collector on ${machine} reads no limits: every source is switched off in LIMIT_SOURCES.`
  const held = describeHeldLimits({ machine_id: machine, ...health! })
  if (held !== undefined) return held
  if (health!.state === 'failing')
    return `The collector on ${machine} fails to read them: ${health!.lastError?.message ?? 'the reason is unknown'}`
  // Such a source waits for a file, an install or a sign-in; the hub does not know which.
  if (health!.lastSuccessAt === undefined)
    return `The collector on ${machine} is connected, but no source has read the limits yet: run "signalbox collector status" there.`
  return `The collector on ${machine} is connected and has read them, but its first snapshot has not arrived: "signalbox collector status" there says why.`
}
