import type { ReactNode } from 'react'

export const limits = {
  // limits/card-problem-note.tsx
  connectionErrorRetrying: 'Connection error - retrying',
  dataUnavailable: 'Data unavailable',
  requestId: (requestId: ReactNode) => <>Request id {requestId}</>,
  serviceTemporarilyUnavailableRetrying: (text: string) => `Service temporarily unavailable - retrying ${text}`,
  inS: (left: number) => `in ${left}s`,
  now: 'now',
  serviceTemporarilyUnavailableRetryingWithin: 'Service temporarily unavailable - retrying within a minute',

  // limits/format-age.ts
  justNow: 'just now',
  ago: (milliseconds: string) => `${milliseconds} ago`,

  // limits/limit-bar.tsx
  overLimit: ', over the limit',
  limitReached: ', limit reached',
  approachingLimit: ', approaching the limit',
  ofWindowElapsed: (elapsed: string) => `${elapsed} of the window elapsed`,
  used: (used: string, level: string, text: string) => `${used} used${level}${text}`,

  // limits/limit-row.tsx
  usedShare: (percent: string) => `${percent} used`,
  resetWaitingForNew: 'Reset · waiting for new data',
  startsWhenMessageIs: 'Starts when a message is sent',
  updated: (now: string) => `Updated ${now}`,
  resets: (resetsText: string) => `Resets ${resetsText}`,
  resetsIn: (remaining: string) => `Resets in ${remaining}`,
  notEnoughDataFor: 'Not enough data for a forecast',
  aForecastNeedsSeveral: 'A forecast needs several recent updates',

  // limits/limits-card.tsx
  claudePlan: 'Claude plan',
  claudePlanOf: (limits: string) => `Claude plan · ${limits}`,
  extraUsage: 'Extra usage',
  missingFromThisUpdate: (missing: string) => `Missing from this update: ${missing}`,
  noReasonGiven: 'no reason given',
  updatedBySource: (now: ReactNode, limits: string) => (
    <>
      Updated {now} {limits}
    </>
  ),
  elapsed: 'Elapsed',

  // limits/limits-loading.tsx
  loading: 'Loading...',

  // limits/plan-details.tsx
  nextBill: (nextBillingDate: string) => `next bill ${nextBillingDate}`,

  // limits/refresh.tsx
  refresh: 'Refresh',
  requestUpdate: 'Request an update',
  isReadingLimits: (machine: string) => `${machine} is reading the limits`,
  updatedBy: (machine: string) => `Updated by ${machine}`,
  couldNotReadLimits: (machine: string, text: string) => `${machine} could not read the limits${text}`,
  requestedUpdateFrom: (machine: string) => `Requested an update from ${machine}`,

  // limits/stale-note.tsx
  staleOld: (ageMs: string) => `Stale · ${ageMs} old`,
  signInRequiredUsage: (machine: ReactNode, code: ReactNode) => (
    <>
      Sign-in required: the usage page on {machine} asks for it. Run {code} on that machine.
    </>
  ),
  collectorOfflineWasLast: (machine: ReactNode, text: string, code: ReactNode) => (
    <>
      Collector offline: {machine} was last seen {text}. Start it on that machine with {code}.
    </>
  ),
  cannotReadLimits: (machine: ReactNode, text: string, text2: string) => (
    <>
      {machine} cannot read the limits{text}
      {text2}
    </>
  ),
  nextAttemptAt: (nextAttemptAt: string) => ` (next attempt at ${nextAttemptAt})`,
  everySourceOfLimits: (machine: ReactNode, code: ReactNode) => (
    <>
      Every source of limits is disabled on {machine}. Enable one there with {code}.
    </>
  ),
  noCollectorHasConnected: (code: ReactNode) => <>No collector has connected to this hub. Start one with {code}.</>,
  isConnectedAndHas: (machine: ReactNode) => <>{machine} is connected and has sent no newer data.</>,
}
