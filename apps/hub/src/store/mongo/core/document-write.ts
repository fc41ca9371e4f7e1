import type { NewEvent } from '../../../event/new-event.ts'
import { type OutboxEvent, type Provisional, provisionalToken, type VersionedDocument } from './versioned-document.ts'

/** The fields of a document without those of the protocol. */
export type Fields<T> = Partial<Omit<T, keyof VersionedDocument>>

/** A write of one document. */
export interface Write<T, P extends Provisional = Provisional> {
  /** All fields of a new document, or those that change. */
  readonly fields: Fields<T>
  /** How the change of the fields is written; by default they are replaced. */
  readonly update?: { readonly $set: Readonly<Record<string, unknown>>; readonly $push?: Readonly<Record<string, unknown>> }
  readonly events: readonly NewEvent[]
  /** The instant of the events, in milliseconds. */
  readonly at: number
  readonly provisional?: P | undefined
  /** Ids that the document no longer uses, and whose claims are to be released. */
  readonly released?: readonly string[]
  /** Removes the document, and these of its fields at once. */
  readonly remove?: readonly (keyof Fields<T> & string)[] | undefined
}

/** An update of MongoDB. */
export interface Update {
  $set: Record<string, unknown>
  $push?: Record<string, unknown>
}

/** The update of a document that writes a change with its events. @param done the fields of its result */
export function updateOf<T>(
  write: Write<T>,
  revision: number,
  released: readonly string[],
  outbox: readonly OutboxEvent[],
  done: object,
): Update {
  const update = write.remove === undefined ? changeUpdate(write, revision, released, done) : removalUpdate(write, revision, released)
  if (outbox.length === 0) return update
  return {
    ...update,
    $set: { ...update.$set, has_untold: true },
    $push: { ...update.$push, untold: { $each: outbox } },
  }
}

function changeUpdate<T>(
  { fields, update, provisional, released: added }: Write<T>,
  revision: number,
  released: readonly string[],
  done: object,
): Update {
  return {
    $set: {
      ...(update?.$set ?? fields),
      revision,
      ...done,
      ...(added === undefined || added.length === 0 ? {} : { let_go: released, has_untold: true }),
      ...(provisional === undefined ? {} : { [`unsure.${provisionalToken(revision)}`]: provisional, has_untold: true }),
    },
    ...(update?.$push === undefined ? {} : { $push: update.$push }),
  }
}

/** From here on the document is invisible and final; publishing its events removes the rest of it. */
function removalUpdate<T>({ fields, remove = [] }: Write<T>, revision: number, released: readonly string[]): Update {
  const unset = Object.fromEntries([...remove, 'done', 'unsure'].map((name) => [name, '']))
  return { $set: { ...fields, revision, gone: true, has_untold: true, let_go: released }, $unset: unset } as Update
}

/** The update that undoes a change that no other one follows. @param token of the provisional part of the change */
export function restoringUpdate<T extends VersionedDocument>(
  before: T,
  revision: number,
  { fields, provisional }: { readonly fields: Fields<T>; readonly provisional?: Provisional | undefined },
  mark: string | undefined,
  token: string | undefined,
): Update {
  const { untold, unsure, let_go, done } = before
  const isFinished = untold === undefined && provisional === undefined && Object.keys(unsure ?? {}).length === 0 && let_go === undefined
  const unset = {
    ...(untold === undefined ? { untold: '' } : {}),
    ...(token === undefined ? {} : { [`unsure.${token}`]: '' }),
    ...(isFinished ? { has_untold: '' } : {}),
  }
  const set = {
    ...fields,
    revision,
    ...(mark === undefined ? {} : { done: done ?? [] }),
    ...(untold === undefined ? {} : { untold }),
    ...(provisional === undefined ? {} : { [`unsure.${provisionalToken(revision)}`]: provisional }),
  }
  return { $set: set, ...(Object.keys(unset).length === 0 ? {} : { $unset: unset }) } as Update
}
