/**
 * The address of the hub that served this page or worker, without a slash at its end. A hub may be served below a path, as in
 * `https://example.com/signalbox`: its scripts are in `assets/` there, so that their own address says it.
 */
export const hubUrl = new URL(import.meta.env.DEV ? '/' : '..', import.meta.url).href.replace(/\/$/, '')

/** The path of that address; empty at the root of a host. */
export const hubPath = new URL(hubUrl).pathname.replace(/\/$/, '')
