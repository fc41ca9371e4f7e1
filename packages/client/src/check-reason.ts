import { plural } from '@signalbox/contract/plural'
import type { CheckReason } from '@signalbox/contract/usage-check'

/** Why the sources of a session differ, in a few words. */
export function formatCheckReason(reason: CheckReason): string {
  switch (reason.reason) {
    case 'unfinished':
      return `${callsOf(reason.calls)} without final figures`
    case 'background':
      return 'calls in the background'
    case 'killed':
      return `${callsOf(reason.calls)} before, or of a killed process`
    case 'interrupted':
      return `${callsOf(reason.calls)} interrupted`
    case 'refused':
      return `${callsOf(reason.calls)} refused`
    case 'restored':
      return reason.session === 'unknown' ? 'began with unknown sums' : `began with the sums of ${reason.session.slice(0, ID_LENGTH)}`
    case 'price':
      return 'another price'
    case 'not_recorded':
      return 'not recorded'
    case 'odd':
      return `${callsOf(reason.calls)} with an odd number`
    case 'not_in_telemetry':
      return `${callsOf(reason.calls)} not in telemetry`
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

function callsOf(count: number): string {
  return `${count.toLocaleString('en')} ${plural(count, 'call')}`
}
