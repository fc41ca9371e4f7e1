import { plural } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const ui = {
  // ui/amount.tsx
  unknown: 'unknown',
  noPriceIsKnown: 'No price is known for this model, so its cost is unknown',
  atListPrice: (known: string, text: string) => `${known} at list price${text}`,

  // ui/at-least.ts
  neverGotFinalRecord: (unfinishedCalls: string) =>
    `${unfinishedCalls} never got the final record from Claude Code, so some output is missing`,
  hadNumberThatIs: (oddCalls: string) => `${oddCalls} had a number that is none, which counts as 0`,
  atLeast: (reasons: string) => `at least: ${reasons}`,

  // ui/chart-or-table.tsx
  showAsChart: 'Show as chart',
  showAsTable: 'Show as table',

  // ui/copy-line.tsx
  copy: (label: string) => `Copy ${label}`,
  copied: 'Copied',
  copyLabel: 'Copy',

  // ui/dialog.tsx
  esc: 'Esc',
  close: 'Close',

  // ui/missing-part.tsx
  partIsMissing: 'A part of this page could not be loaded.',
  hubHasOtherFiles: 'The hub was updated since the page was opened, and no longer has this part. Reload the page.',
  reload: 'Reload',

  // ui/part-name.ts
  notItemised: ', not itemised',

  // ui/picker.tsx
  loading: 'Loading …',
  find: 'Find …',
  noMatch: 'No match.',

  // ui/problem-note.tsx
  requestId: (requestId: ReactNode) => <>Request id {requestId}</>,
  tryAgain: 'Try again',

  // ui/theme.ts
  system: 'System',
  light: 'Light',
  dark: 'Dark',
  justNow: 'just now',
  ago: (duration: string) => `${duration} ago`,
  daysAgo: (days: number) => (days === 1 ? 'a day ago' : `${days} days ago`),
  exactTokens: (exact: string, count: number) => `${exact} ${plural(count, 'token')}`,
  calls: (exact: string, count: number) => `${exact} ${plural(count, 'call')}`,
  findIn: (label: string) => `Find in ${label.toLowerCase()}s`,
}
