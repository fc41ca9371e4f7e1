import { plural } from '@signalbox/contract/plural'
import type { CheckReason } from '@signalbox/contract/usage-check'

/** The words of `formatCheckReason`; the page has them in other languages too. */
export const checkReasonWords = {
  unfinished: (calls: string) => `${calls} without final figures`,
  background: 'calls in the background',
  killed: (calls: string) => `${calls} before, or of a killed process`,
  interrupted: (calls: string) => `${calls} interrupted`,
  refused: (calls: string) => `${calls} refused`,
  restoredFromUnknown: 'began with unknown sums',
  restored: (session: string) => `began with the sums of ${session}`,
  price: 'another price',
  notRecorded: 'not recorded',
  odd: (calls: string) => `${calls} with an odd number`,
  notInTelemetry: (calls: string) => `${calls} not in telemetry`,
  calls: (count: number) => `${count.toLocaleString('en')} ${plural(count, 'call')}`,
}

/** Why the sources of a session differ, in a few words. */
export function formatCheckReason(reason: CheckReason, words: typeof checkReasonWords = checkReasonWords): string {
  switch (reason.reason) {
    case 'unfinished':
    case 'killed':
    case 'interrupted':
    case 'refused':
    case 'odd':
      return words[reason.reason](words.calls(reason.calls))
    case 'not_in_telemetry':
      return words.notInTelemetry(words.calls(reason.calls))
    case 'restored':
      return reason.session === 'unknown' ? words.restoredFromUnknown : words.restored(reason.session.slice(0, ID_LENGTH))
    case 'not_recorded':
      return words.notRecorded
    case 'background':
    case 'price':
      return words[reason.reason]
  }
}

/** What each reason means, in a sentence. */
export const checkReasonDetails: { readonly [Name in CheckReason['reason']]: string } = {
  unfinished: 'Their rows kept the output of their first block.',
  background: 'No row has them: titles, summaries, side questions.',
  killed: 'They are in no record: Claude Code kept none yet, or could not write it.',
  interrupted: 'Versions up to 2.1.325 do not record answers that were interrupted.',
  refused: 'The model refused before any output, which costs nothing; Claude Code has recorded a cost.',
  restored: 'What the session took over from another one is taken off.',
  price: 'The same tokens, but not at our list price.',
  not_recorded: 'Claude Code has recorded nothing: the session runs, was killed, or is of a version that records nothing.',
  odd: 'Their rows have a number that cannot be; their other numbers are counted.',
  not_in_telemetry: 'Telemetry was off, or the answers were cut off.',
}

const ID_LENGTH = 8
