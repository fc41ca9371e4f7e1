import { LiveHost } from './live-host.ts'

/** A shared worker: it lives as long as any tab of the page, and its own address names the channel of those tabs. */
new LiveHost(location.href)
