import { openLedger } from './index.ts'

/** A process that refreshes a ledger and prints its progress; for tests. */
const [dataDir, threads, ...roots] = process.argv.slice(2)
const pageCalls = process.env.PAGE_CALLS === undefined ? undefined : Number(process.env.PAGE_CALLS)
let commits = 0
// Root can read every file, so tests of permissions run as another user.
if (process.env.AS_NOBODY === 'true' && process.getuid?.() === 0) process.setuid!(65_534)
const ledger = openLedger({ dataDir: dataDir! })
const summary = await ledger.refresh({
  roots,
  threads: Number(threads),
  pageSizes: pageCalls === undefined ? undefined : { first: pageCalls, max: 8 * pageCalls, nearEnd: pageCalls },
  onProgress() {
    process.stdout.write(`commit ${commits++}\n`)
    // A pause after the first page, in which other threads catch up.
    if (process.env.PAUSE !== undefined && commits === 2)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.PAUSE))
  },
})
process.stdout.write(`${JSON.stringify({ ...summary, memory: process.resourceUsage().maxRSS * 1024 })}\n`)
ledger.close()
