import { ApiClientError, systemClock } from '@signalbox/client'
import { createCarefulLine } from './careful-line.ts'

/** One for the page, as there is one hub: the card, wherever it is drawn, rests with it. */
export const limitsLine = createCarefulLine({
  passing: (error) => error instanceof ApiClientError && (error.status === undefined || error.status >= 500),
  now: () => performance.now(),
  wait: (milliseconds, signal) => systemClock.wait(milliseconds, signal),
})
