import { DAY, localDay, startOfDay } from '@signalbox/usage/zone'
import { bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'
import { TooSlow } from '../too-slow.ts'

const zone = 'Asia/Kathmandu'
/**
 * Time for a client to start and to get its first answer before midnight; more each time that a busy machine was too slow.
 * The command waits until midnight, for which Claude Code gives it two minutes.
 */
const LEADS_MS = [30_000, 60_000, 100_000]

/** A midnight that has passed, so that no call is in the future. */
const lastMidnight = (now: number) => startOfDay(zone, localDay(zone, now - DAY))

const midnightAfter = (leadMs: number, slower: Scenario | undefined): Scenario => ({
  name: 'midnight',
  about: `A session over midnight in ${zone}, by a client whose clock is set.`,
  zone,
  shift: (now) => lastMidnight(now) - leadMs - now,
  ...(slower === undefined ? {} : { slower }),
  run: async (stage) => {
    // The command has the clock of the machine.
    const past = Math.ceil((lastMidnight(Date.now()) - stage.shiftMs) / 1_000) + 1
    const wait = bash(`sleep $(( ${past} - $(date +%s) ))`)
    await stage.print([{ usage: { output_tokens: 100 } }, wait, { usage: { output_tokens: 200 } }, text('It is done.')])
    const days = new Set(stage.answers.map(({ asked }) => localDay(zone, asked + stage.shiftMs)))
    if (days.size !== 2) throw new TooSlow('The client was too slow to ask before midnight. Try again.')
  },
})

export const midnight: Scenario = LEADS_MS.reduceRight<Scenario | undefined>((slower, leadMs) => midnightAfter(leadMs, slower), undefined)!
