import type { Call } from '@signalbox/contract/call'
import { replacedKey } from '@signalbox/usage/call-key'
import type { Collection } from 'mongodb'
import { isFormerKey } from '../../usage/current-keys.ts'
import { textId, textOf } from '../text-id.ts'
import { type CallDocument, callId } from './call-document.ts'

/** The ranges of ids in one query. */
const RANGES = 100

/** The former keys in a batch of which one of the calls that they stand for is stored by itself. */
export async function findReplaced(collection: Collection<CallDocument>, calls: readonly Call[]): Promise<ReadonlySet<string>> {
  const former = [...new Set(calls.map(({ key }) => key).filter(isFormerKey))]
  const found = new Set<string>()
  for (let n = 0; n < former.length; n += RANGES) {
    const ranges = former.slice(n, n + RANGES).map(idsThatReplace)
    for await (const { _id } of collection.find(ranges.length === 1 ? ranges[0]! : { $or: ranges }, { projection: { _id: 1 } })) {
      const key = replacedKey(textOf(_id))
      if (key !== undefined) found.add(key)
    }
  }
  return found
}

/** The ids of keys that are a former one with `@` and a number after it. */
function idsThatReplace(former: string): { _id: { $gt: string; $lt: string } } {
  const begin = `${former}@`
  const id = textId(begin)
  // An encoded id ends with a quote.
  const prefix = id === begin ? id : id.slice(0, -1)
  return { _id: { $gt: prefix, $lt: `${prefix}:` } }
}

/**
 * The ids of calls that a batch leaves no room for: those that its calls replace, and its own with a former key of which another hub
 * has stored a call by itself meanwhile.
 */
export async function idsToRemove(collection: Collection<CallDocument>, calls: readonly Call[]): Promise<string[]> {
  const replaced = calls.flatMap(({ key }) => replacedKey(key) ?? [])
  return [...replaced, ...(await findReplaced(collection, calls))].map(callId)
}
