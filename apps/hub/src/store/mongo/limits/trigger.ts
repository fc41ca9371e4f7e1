import type { LimitTrigger } from '@signalbox/contract/limit-trigger'
import { DAY_MS } from '../../../limits/day-hours.ts'
import { TRIGGER_COMPLETION_TIMEOUT_MS, TRIGGER_PICKUP_TIMEOUT_MS } from '../../limit-trigger.ts'
import { type CollectionParts, VersionedCollection } from '../core/versioned-collection.ts'
import type { VersionedDocument } from '../core/versioned-document.ts'
import { textId, textOf } from '../text-id.ts'

export interface TriggerDocument extends VersionedDocument {
  machine: string
  step: LimitTrigger['step']
  changed_at: number
}

/** Ended triggers are kept this long, so that a repeated end changes nothing. */
const ENDED_TRIGGER_TTL_MS = DAY_MS

export class Triggers {
  readonly collection: VersionedCollection<TriggerDocument>

  constructor(parts: CollectionParts) {
    this.collection = new VersionedCollection('limit_trigger', parts)
  }

  async request(id: string, machine: string, now: number): Promise<void> {
    // A repeated request has the same id.
    await this.#move(textId(id), now, (known) => (known === undefined ? { id, machine_id: machine, step: 'requested' } : undefined))
  }

  async isRequested(machine: string, now: number): Promise<boolean> {
    return (await this.#oldestRequest(machine, now)) !== null
  }

  #oldestRequest(machine: string, now: number) {
    const filter = { step: 'requested' as const, machine: textId(machine), changed_at: { $gt: now - TRIGGER_PICKUP_TIMEOUT_MS } }
    return this.collection.documents.findOne(filter, { sort: { changed_at: 1, _id: 1 } })
  }

  async take(machine: string, now: number): Promise<LimitTrigger | undefined> {
    for (;;) {
      const request = await this.#oldestRequest(machine, now)
      if (request === null) return undefined
      const taken: LimitTrigger = { id: textOf(request._id), machine_id: machine, step: 'picked_up' }
      if (await this.#move(request._id, now, (known) => (known?.step === 'requested' ? taken : undefined))) return taken
    }
  }

  /** @returns whether the trigger was open and belongs to the machine */
  end(id: string, machine: string, step: 'done' | 'failed', message: string | undefined, now: number): Promise<boolean> {
    return this.#move(textId(id), now, (known) => {
      if (known === undefined || known.machine !== textId(machine) || known.step === 'done' || known.step === 'failed') return undefined
      return { id, machine_id: machine, step, ...(message === undefined ? {} : { message }) }
    })
  }

  /** Whether `expire` has anything to do. */
  async anyExpired(now: number): Promise<boolean> {
    const inStepFor = (step: LimitTrigger['step'], ms: number) => ({ step, changed_at: { $lte: now - ms } })
    const any = {
      $or: [
        inStepFor('requested', TRIGGER_PICKUP_TIMEOUT_MS),
        inStepFor('picked_up', TRIGGER_COMPLETION_TIMEOUT_MS),
        inStepFor('done', ENDED_TRIGGER_TTL_MS),
        inStepFor('failed', ENDED_TRIGGER_TTL_MS),
      ],
    }
    return (await this.collection.documents.findOne(any, { projection: { _id: 1 } })) !== null
  }

  /** Fails the triggers that were not picked up, or not completed, in time, and removes old ones. @returns the number failed */
  async expire(now: number): Promise<number> {
    const { documents } = this.collection
    const failAll = async (step: LimitTrigger['step'], ms: number, message: string) => {
      let failed = 0
      for (const { _id, machine } of await documents.find({ step, changed_at: { $lte: now - ms } }).toArray()) {
        if (await this.end(textOf(_id), textOf(machine), 'failed', message, now)) failed++
      }
      return failed
    }
    const notPickedUp = await failAll('requested', TRIGGER_PICKUP_TIMEOUT_MS, 'the collector did not pick it up')
    const notCompleted = await failAll('picked_up', TRIGGER_COMPLETION_TIMEOUT_MS, 'the collector did not report its end')
    const old = { step: { $in: ['done', 'failed'] as LimitTrigger['step'][] }, changed_at: { $lte: now - ENDED_TRIGGER_TTL_MS } }
    if ((await documents.findOne(old, { projection: { _id: 1 } })) !== null) await documents.deleteMany(old)
    return notPickedUp + notCompleted
  }

  /** @returns whether the trigger was changed */
  #move(_id: string, now: number, next: (known: TriggerDocument | undefined) => LimitTrigger | undefined): Promise<boolean> {
    return this.collection.change(_id, { now }, async (known) => {
      const trigger = next(known)
      if (trigger === undefined) return { result: false }
      const fields = { machine: textId(trigger.machine_id), step: trigger.step, changed_at: now }
      return { result: true, write: { fields, events: [{ event: 'limits.trigger', data: { ...trigger } }], at: now } }
    })
  }
}
