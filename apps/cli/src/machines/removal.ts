import type { MovedMachine } from '@signalbox/client'
import { printable } from '@signalbox/contract/printable'
import { formatCount } from '../format-number.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { printOutcome } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export interface RemovalOptions extends HubOptions, ConfirmOptions {
  readonly dryRun?: true
}

export async function rename(io: Io, id: string, to: string, options: RemovalOptions): Promise<void> {
  await withHub(io, options, async ({ client }) => {
    const moved = await client.renameMachine(id, { machine_id: to, ...(options.dryRun ? { dry_run: true } : {}) })
    printOutcome(
      io,
      options.json,
      moved,
      `${printable(id)} ${options.dryRun ? 'would be' : 'is'} ${printable(to)}, with ${formatMoved(moved)}.`,
    )
  })
}

export async function merge(io: Io, id: string, into: string, options: RemovalOptions): Promise<void> {
  if (!options.dryRun) requireConfirmation(io, 'merging machines cannot be undone', options)
  await withHub(io, options, async ({ client }) => {
    const counted = await client.mergeMachine(id, { into, dry_run: true })
    if (options.dryRun) {
      return printOutcome(io, options.json, counted, `${printable(into)} would get ${formatMoved(counted)} of ${printable(id)}.`)
    }
    await confirm(io, `Merge ${printable(id)} into ${printable(into)}, with ${formatMoved(counted)}?`, options)
    const moved = await client.mergeMachine(id, { into, confirm: true })
    printOutcome(io, options.json, moved, `${printable(into)} has got ${formatMoved(moved)} of ${printable(id)}, which is gone.`)
  })
}

export async function remove(io: Io, id: string, options: RemovalOptions): Promise<void> {
  if (!options.dryRun) requireConfirmation(io, 'removing a machine cannot be undone', options)
  await withHub(io, options, async ({ client }) => {
    const counted = await client.purgeMachine(id, { dry_run: true })
    const kept = `${formatCount(counted.sessions, 'ended session')} and its calls stay`
    if (options.dryRun) return printOutcome(io, options.json, counted, `${printable(id)} would be removed; ${kept}.`)
    await confirm(io, `Remove ${printable(id)} for good? ${kept[0]!.toUpperCase()}${kept.slice(1)}.`, options)
    const removed = await client.purgeMachine(id, { confirm: true })
    printOutcome(io, options.json, removed, `${printable(id)} is removed; ${kept}.`)
  })
}

function formatMoved({ calls, snapshots, sessions }: MovedMachine): string {
  return `${formatCount(calls, 'call')}, ${formatCount(snapshots, 'snapshot')} and ${formatCount(sessions, 'session')}`
}
