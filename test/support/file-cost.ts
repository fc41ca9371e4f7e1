import fs from 'node:fs'
import path from 'node:path'
import { afterAll, expect } from 'vitest'

/** Clock ticks of `/proc/self/stat`. */
const TICK_MS = 10

/** Processor time of this process and of its children that have ended, in milliseconds; undefined where the system does not say it. */
function usedMs(): number | undefined {
  try {
    const fields = fs.readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)!.split(' ')
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * TICK_MS, 0)
  } catch {
    return undefined
  }
}

const costs = process.env.TEST_COSTS
const before = costs === undefined ? undefined : usedMs()

afterAll(() => {
  const after = usedMs()
  const file = expect.getState().testPath
  if (costs === undefined || before === undefined || after === undefined || file === undefined) return
  fs.appendFileSync(costs, `${JSON.stringify({ name: path.relative(process.cwd(), file), ms: after - before })}\n`)
})
