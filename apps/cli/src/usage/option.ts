import type { UsageGroup } from '@signalbox/contract/usage'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { usageError } from '../failure.ts'
import { secondsOption } from '../hub/duration-option.ts'
import { oneOf } from '../hub/option.ts'
import { didYouMean } from '../nearest.ts'
import { groups } from './group.ts'
import { helpOf } from './help.ts'

export interface UsageOptions {
  readonly since?: string
  readonly until?: string
  readonly last?: number
  readonly timezone?: string
  readonly startOfWeek?: Weekday
  readonly project?: string
  readonly folder?: string
  readonly model?: string
  readonly session?: string
  /** The name of `session` in other tools. */
  readonly id?: string
  readonly branch?: string
  readonly agent?: string
  readonly hub?: true
  readonly machine?: string
  readonly person?: string
  readonly order?: 'asc' | 'desc'
  readonly breakdown?: true
  readonly instances?: true
  readonly withEstimates?: true
  readonly json?: true
  readonly csv?: true
  readonly excel?: true
  readonly active?: true
  readonly recent?: true
  readonly live?: true
  readonly refreshInterval?: number
}

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
type Weekday = (typeof weekdays)[number]

/** The options of `signalbox usage`, with the short forms that users of ccusage know. */
export function addUsageOptions(command: Command): void {
  command
    .argument('[group]', `how to group: ${Object.keys(groups).join(', ')}`, 'daily')
    .option('-s, --since <when>', 'from this day on: 2026-11-01, 2026-11, today, yesterday, monday, 7d, or a time 2026-11-01T09:00:00Z')
    .option('-u, --until <when>', 'up to this day (included), or time (excluded)')
    .addOption(
      new Option('--last <count>', 'the last so many days, weeks, months or hours with the current one; of sessions and blocks the newest')
        .argParser(countOf)
        .conflicts(['since', 'recent']),
    )
    .option('-z, --timezone <zone>', "time zone, such as Europe/Berlin (default: TIMEZONE, else the machine's)")
    .addOption(
      new Option('-w, --start-of-week <day>', 'first day of weeks, such as sunday (default: WEEK_START, else monday)').argParser(weekdayOf),
    )
    .option('-p, --project <name>', 'only this project: its name, or a folder in it; . is the current folder')
    .option('--folder <folder>', 'only this folder: one worktree, or one part of a project')
    .option('--model <name>', 'only this model: opus-5-5, or a family such as opus')
    .option('--session <id>', 'only this session: its id, or the beginning of it')
    .addOption(new Option('--id <id>', 'the same as --session').hideHelp())
    .option('--branch <name>', 'only this git branch')
    .option('--agent <name>', 'only this agent: claude-code, codex')
    .option('--hub', 'ask the hub, for the calls of all machines, instead of the local database')
    .option('--machine <name>', 'only this machine, of the hub')
    .option('--person <name>', 'only this person, of the hub')
    .addOption(oneOf('-o, --order <order>', 'sort order of the rows', ['asc', 'desc']))
    .option('-b, --breakdown', 'add a row per model')
    .option('-i, --instances', 'a table per project')
    .option('--with-estimates', 'add the estimated output of calls without a final record to the sums')
    .addOption(new Option('-j, --json', 'print JSON, as `GET /api/usage` returns it').conflicts(['csv', 'excel']))
    .option('--csv', 'print CSV')
    .addOption(new Option('--excel', 'print CSV that Excel opens with the right characters'))
    .option('-a, --active', 'of blocks: only the active one')
    .option('-r, --recent', 'of blocks: those of the last three days')
    .addOption(new Option('--live', 'of blocks: follow the active one until Ctrl-C').conflicts(['json', 'csv', 'excel']))
    .addOption(new Option('--refresh-interval <time>', 'of --live: time between updates (default: 2s)').argParser(secondsOption(1, 3_600)))
    .addHelpText('after', ({ command: { args } }) => helpOf(args[0]))
}

/** Whether a report is that of the hub: it alone knows people, and other machines. */
export function isOfHub(group: UsageGroup, { hub, machine, person }: UsageOptions): boolean {
  return group === 'person' || hub === true || machine !== undefined || person !== undefined
}

/** A count as it is written on the command line. @throws InvalidArgumentError */
export function countOf(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > MAX_COUNT) throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_COUNT}.`)
  return count
}
const MAX_COUNT = 10_000

/** A day of the week, or its beginning, such as `Sun`. @throws InvalidArgumentError */
function weekdayOf(text: string): Weekday {
  const lower = text.toLowerCase()
  const day = lower.length < 2 ? undefined : weekdays.find((name) => name.startsWith(lower))
  if (day === undefined) throw new InvalidArgumentError(`It must be one of ${weekdays.join(', ')}.${didYouMean(lower, weekdays)}`)
  return day
}

/** @throws Failure for options of another group */
export function checkOptions(group: UsageGroup, options: UsageOptions): void {
  const ofBlocks = ['active', 'recent', 'live', 'refreshInterval'] as const
  const [wrong] = ofBlocks.filter((name) => options[name] !== undefined)
  const flag = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (wrong !== undefined && group !== 'block')
    throw usageError(`${flag(wrong)} is for blocks.`, `Run: signalbox usage blocks ${flag(wrong)}`)
  if (group === 'block' && options.instances) {
    throw usageError('blocks have no --instances: where a block begins depends on the calls of all projects.', 'Use --project.')
  }
}
