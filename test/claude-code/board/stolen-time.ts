import fs from 'node:fs'

/** The time of all cores since the start of the system, by what they did with it. */
export type Ticks = readonly number[]

/** The place of stolen time in the first line of `/proc/stat`. */
const STOLEN = 7
/** The time of guests, which follows it, is counted as work already. */
const COUNTED = 8

/** @returns undefined where the system does not say */
export function readTicks(): Ticks | undefined {
  try {
    const [, ...ticks] = fs.readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]!.split(/ +/)
    return ticks.slice(0, COUNTED).map(Number)
  } catch {
    return undefined
  }
}

/** The share of the time that a virtual machine wanted a core and its host gave that to another. */
export function stolenBetween(before: Ticks | undefined, after: Ticks | undefined): number | undefined {
  if (before === undefined || after === undefined) return undefined
  const all = after.reduce((sum, ticks, at) => sum + ticks - before[at]!, 0)
  return all === 0 ? 0 : (after[STOLEN]! - before[STOLEN]!) / all
}
