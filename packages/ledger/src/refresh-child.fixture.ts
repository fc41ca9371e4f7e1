import { openLedger } from './index.ts'

/** For tests: a process of its own that brings a ledger up to date and says how it goes. */
const [dataDir, threads, ...roots] = process.argv.slice(2)
let commits = 0
// Root may read everything, so where that matters the test becomes somebody else.
if (process.env.AS_NOBODY === 'true' && process.getuid?.() === 0) process.setuid!(65_534)
const ledger = openLedger({ dataDir: dataDir! })
const summary = await ledger.refresh({
  roots,
  threads: Number(threads),
  onProgress() {
    process.stdout.write(`commit ${commits++}\n`)
    // After the first page: lets other threads catch up.
    if (process.env.PAUSE !== undefined && commits === 2)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.PAUSE))
  },
})
process.stdout.write(`${JSON.stringify({ ...summary, memory: process.resourceUsage().maxRSS * 1024 })}\n`)
ledger.close()
