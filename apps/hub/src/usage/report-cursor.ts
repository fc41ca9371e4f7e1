import type { UsageGroup } from '@signalbox/contract/usage'
import type { RowPlace } from '@signalbox/usage/group'
import { wrongCursor } from '../http/list.ts'

/** A cursor is of one group: the places of others mean something else. */
export function writeReportCursor(group: UsageGroup, { at, tokens, nth }: RowPlace): string {
  return Buffer.from(JSON.stringify([group, at, tokens, nth])).toString('base64url')
}

/** @throws HubError `validation_error` for a cursor of another report */
export function readReportCursor(group: UsageGroup, text: string): RowPlace {
  const [of, at, tokens, nth] = parse(text)
  if (of === group && Number.isFinite(at) && Number.isSafeInteger(tokens) && Number.isSafeInteger(nth)) {
    return { at, tokens, nth } as RowPlace
  }
  throw wrongCursor('cursor is none of this report', 'Begin again without it, or follow the header Link.')
}

function parse(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}
