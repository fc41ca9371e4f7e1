import { hubUrl } from './hub-url.ts'

/** On loopback, the address in the browser is useless to another machine. */
export const isOnLoopback = /^(localhost|127\.|\[::1\])/.test(location.hostname)

/** The command that starts a collector for this hub. */
export function collectorCommand(): string {
  return isOnLoopback ? 'npx signalbox collector' : `SIGNALBOX_URL=${hubUrl} npx signalbox collector`
}
