import { printable } from '@signalbox/contract/printable'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { install, readStatus, uninstall } from '../statusline/install.ts'
import { statusLinePlaces } from '../statusline/places.ts'
import type { ConnectContext } from './context.ts'

const STEP = 'status line'

/** Puts the Signalbox line in front of an existing one, which stays. */
export function connectStatusLine(context: ConnectContext): void {
  const { io, say, dryRun } = context
  for (const place of statusLinePlaces(io)) {
    const file = formatPath(place.settings)
    const { state, command } = readStatus(place)
    const before = command === undefined ? 'none' : printable(command)
    if (state === 'installed') {
      say(STEP, `${file}: installed already; unchanged.`)
    } else if (dryRun) {
      say(STEP, `would change ${file} (now: ${before}).`)
    } else {
      if (context.noted('statusline') === undefined) context.note({ step: 'statusline' })
      install(place)
      say(
        STEP,
        command === undefined ? `${file}: installed; before: none.` : `${file}: installed in front of your own, which stays: ${before}`,
      )
    }
  }
}

/** @returns what was done */
export function undoStatusLine(io: Io): string {
  return statusLinePlaces(io)
    .map((place) => {
      const { done, command } = uninstall(place)
      const file = formatPath(place.settings)
      if (done === 'nothing') return `${file}: was not installed.`
      if (done === 'changed') return `${file}: was changed since, and stays.`
      return command === undefined ? `${file}: removed.` : `${file}: your own is back.`
    })
    .join(' ')
}
