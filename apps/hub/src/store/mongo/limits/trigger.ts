import type { LimitTrigger } from '@signalbox/contract/limits'
import type { Collection } from 'mongodb'
import { DAY_MS } from '../../../limits/day-hours.ts'
import { TRIGGER_RUNS_MS, TRIGGER_WAITS_MS } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { textId, textOf } from '../text-id.ts'
import type { Teller, Telling } from '../untold.ts'
import { reviseAndTell } from './revised.ts'

export interface TriggerDocument extends Telling {
  machine: string
  step: LimitTrigger['step']
  changed_at: number
}

/** Ended ones are remembered for a day. */
const KEPT_MS = DAY_MS

export class Triggers {
  readonly #triggers: Collection<TriggerDocument>
  readonly #teller: Teller

  constructor(connection: Connection, teller: Teller) {
    this.#triggers = connection.collection('limit_trigger')
    this.#teller = teller
  }

  async request(id: string, machine: string, now: number): Promise<void> {
    // A request that is repeated has the same id.
    await this.#move(textId(id), now, (known) => (known === undefined ? { id, machine_id: machine, step: 'requested' } : undefined))
  }

  async waits(machine: string, now: number): Promise<boolean> {
    return (await this.#waiting(machine, now)) !== null
  }

  #waiting(machine: string, now: number) {
    const filter = { step: 'requested' as const, machine: textId(machine), changed_at: { $gt: now - TRIGGER_WAITS_MS } }
    return this.#triggers.findOne(filter, { sort: { changed_at: 1, _id: 1 } })
  }

  async take(machine: string, now: number): Promise<LimitTrigger | undefined> {
    for (;;) {
      const waiting = await this.#waiting(machine, now)
      if (waiting === null) return undefined
      const taken: LimitTrigger = { id: textOf(waiting._id), machine_id: machine, step: 'picked_up' }
      if (await this.#move(waiting._id, now, (known) => (known?.step === 'requested' ? taken : undefined))) return taken
    }
  }

  /** @returns whether it was under way, and that machine's */
  end(id: string, machine: string, step: 'done' | 'failed', message: string | undefined, now: number): Promise<boolean> {
    return this.#move(textId(id), now, (known) => {
      if (known === undefined || known.machine !== textId(machine) || known.step === 'done' || known.step === 'failed') return undefined
      return { id, machine_id: machine, step, ...(message === undefined ? {} : { message }) }
    })
  }

  /** Whether `expire` has anything to do. */
  async anyOver(now: number): Promise<boolean> {
    const over = (step: LimitTrigger['step'], after: number) => ({ step, changed_at: { $lte: now - after } })
    const any = {
      $or: [over('requested', TRIGGER_WAITS_MS), over('picked_up', TRIGGER_RUNS_MS), over('done', KEPT_MS), over('failed', KEPT_MS)],
    }
    return (await this.#triggers.findOne(any, { projection: { _id: 1 } })) !== null
  }

  async expire(now: number): Promise<number> {
    const late = (step: LimitTrigger['step'], after: number) => this.#triggers.find({ step, changed_at: { $lte: now - after } }).toArray()
    const fail = async (documents: readonly TriggerDocument[], message: string) => {
      let many = 0
      for (const { _id, machine } of documents) if (await this.end(textOf(_id), textOf(machine), 'failed', message, now)) many++
      return many
    }
    const untaken = await fail(await late('requested', TRIGGER_WAITS_MS), 'the collector did not take it')
    const unended = await fail(await late('picked_up', TRIGGER_RUNS_MS), 'the collector did not say how it ended')
    const old = { step: { $in: ['done', 'failed'] as LimitTrigger['step'][] }, changed_at: { $lte: now - KEPT_MS } }
    if ((await this.#triggers.findOne(old, { projection: { _id: 1 } })) !== null) await this.#triggers.deleteMany(old)
    return untaken + unended
  }

  async #move(_id: string, now: number, next: (known: TriggerDocument | undefined) => LimitTrigger | undefined): Promise<boolean> {
    const moved = await reviseAndTell<TriggerDocument>(this.#triggers, _id, now, (known) => {
      const trigger = next(known)
      if (trigger === undefined) return undefined
      const fields = { machine: textId(trigger.machine_id), step: trigger.step, changed_at: now }
      return { fields, events: [{ event: 'limits.trigger', data: { ...trigger } }] }
    })
    if (moved !== undefined) await this.#teller.tell(this.#triggers, moved)
    return moved !== undefined
  }
}
