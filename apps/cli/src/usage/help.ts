import { groupOf } from './group.ts'

type Group = NonNullable<ReturnType<typeof groupOf>>

/** The help of the command after its options: of a group where one is named, else of all. */
export function helpOf(word: string | undefined): string {
  const group = word === undefined ? undefined : groupOf(word)
  if (group === undefined) return general
  const { about, examples } = helps[group]
  return `
${about}

Examples:
${examples.map(([line, what]) => `  signalbox usage ${line.padEnd(45)} ${what}\n`).join('')}`.trimEnd()
}

const general = `
Each call is counted once, even if several transcripts have it, and stays counted after Claude Code deletes the transcript.
The first run reads all transcripts; later runs read only new data.

\`signalbox usage blocks --help\`, and the same of the other groups, has examples of that group.

Examples:
  signalbox usage                                     by day
  signalbox usage monthly --breakdown                 by month and model
  signalbox usage weekly --last 4                     this week and the three before
  signalbox usage session --since monday              sessions since Monday
  signalbox usage --project shop --model opus         of one project and one family of models
  signalbox usage blocks --live                       follow the active five-hour block
  signalbox usage daily --project . --json            the project of this folder, as JSON`

export const verifyHelp = `
Claude Code records sums for each session when it ends, with calls that stand in no transcript. What they have beyond the rows is counted
as not itemised. Telemetry is what Claude Code has sent to the hub of this machine, where it is switched on. The last column says why the
sources differ.

Examples:
  signalbox usage verify                              the newest twenty sessions
  signalbox usage verify 8ab54260 --json              one session, with its models
  signalbox usage verify --last 100 --csv             a line for each of a hundred sessions`

interface GroupHelp {
  readonly about: string
  readonly examples: readonly (readonly [line: string, what: string])[]
}

const byName = (what: string): string => `One row for each ${what}, the most expensive first.`

const helps: Readonly<Record<Group, GroupHelp>> = {
  day: {
    about: 'One row for each day of the time zone, oldest first.',
    examples: [
      ['daily --last 7', 'today and the six days before'],
      ['daily --since 2026-11 --until 2026-11', 'November'],
      ['daily --instances --breakdown', 'a table per project, with a row per model'],
    ],
  },
  week: {
    about: 'One row for each week, by its first day, oldest first.',
    examples: [
      ['weekly --last 4', 'this week and the three before'],
      ['weekly --start-of-week sunday', 'weeks that begin on Sunday'],
    ],
  },
  month: {
    about: 'One row for each month, oldest first.',
    examples: [
      ['monthly --last 3', 'this month and the two before'],
      ['monthly --excel > usage.csv', 'for a spreadsheet'],
    ],
  },
  hour: {
    about: 'One row for each hour with calls, oldest first.',
    examples: [
      ['hourly --since today', 'today, hour by hour'],
      ['hourly --last 24', 'this hour and the 23 before'],
    ],
  },
  session: {
    about: `One row for each session, the one with the latest call last: its title or else its first branch, its project, its last call. The
title is the one that you or Claude Code gave it; it is read from the transcript and kept nowhere.`,
    examples: [
      ['session --last 10', 'the newest ten'],
      ['session --project shop --since 7d', 'of one project, in seven days'],
      ['daily --session 8ab54260', 'one session, by day'],
    ],
  },
  project: {
    about: `${byName('project')} A project is a repository, with its worktrees and subfolders.`,
    examples: [
      ['folder --project shop', 'its worktrees and subfolders'],
      ['project --last 30', 'in thirty days'],
      ['project --model opus', 'by the cost of one family of models'],
    ],
  },
  folder: {
    about: `${byName('folder')} A project has several where it has worktrees, or where Claude Code worked in its subfolders.`,
    examples: [
      ['folder --project shop', 'the parts of one project'],
      ['daily --folder ~/shop/packages/api', 'one of them, by day'],
    ],
  },
  model: {
    about: byName('model'),
    examples: [
      ['model --since 2026-11', 'since November'],
      ['model --project shop', 'of one project'],
    ],
  },
  machine: {
    about: 'The calls that the local database has, under the name of this machine. With --hub those of all machines of the hub.',
    examples: [['machine --hub --last 30', 'all machines, in thirty days']],
  },
  person: {
    about: `${byName('person')} Asks the hub, which has the calls of all machines: a person is
who has the Claude account that a machine uses, by the name that \`signalbox accounts name\` has given it.`,
    examples: [
      ['person --last 30', 'in thirty days'],
      ['daily --hub --person Anna', 'one person, by day'],
    ],
  },
  branch: {
    about: byName('git branch'),
    examples: [
      ['branch --project shop', 'the branches of one project'],
      ['daily --branch main', 'one branch, by day'],
    ],
  },
  agent: {
    about: byName('agent, such as claude-code or codex'),
    examples: [
      ['agent --since 2026-11', 'since November'],
      ['daily --agent codex', 'one agent, by day'],
    ],
  },
  block: {
    about: `One row for each five-hour block, oldest first. The active one has its burn rate and what that leads to. A block is measured where a
fresh snapshot of the plan limits says when the five-hour limit resets, else estimated.`,
    examples: [
      ['blocks --active', 'the active one'],
      ['blocks --live', 'the active one, until Ctrl-C'],
      ['blocks --recent', 'those of the last three days'],
    ],
  },
}
