import type { AskQuestion } from '@signalbox/contract/question'

export type SampleQuestion = Pick<AskQuestion, 'kind' | 'content'>

interface ProjectQuestions {
  readonly permission: readonly SampleQuestion[]
  readonly input: readonly SampleQuestion[]
}

const bash = (command: string, description: string, always: string): SampleQuestion => ({
  kind: 'permission',
  content: {
    tool: 'Bash',
    details: [
      { name: 'command', text: command },
      { name: 'description', text: description },
    ],
    suggestions: [`${always}, in this project, for this user`],
    choices: [],
  },
})

const edit = (file_path: string, old_string: string, new_string: string): SampleQuestion => ({
  kind: 'permission',
  content: {
    tool: 'Edit',
    details: [
      { name: 'file_path', text: file_path },
      { name: 'old_string', text: old_string },
      { name: 'new_string', text: new_string },
    ],
    suggestions: ['accept edits, for this session'],
    choices: [],
  },
})

const plan = (...lines: string[]): SampleQuestion => ({
  kind: 'plan',
  content: {
    tool: 'ExitPlanMode',
    details: [{ name: 'plan', text: lines.join('\n') }],
    suggestions: ['accept edits, for this session'],
    choices: [],
  },
})

type Choice = SampleQuestion['content']['choices'][number]

const choose = (...choices: Choice[]): SampleQuestion => ({
  kind: 'question',
  content: { tool: 'AskUserQuestion', details: [], suggestions: [], choices },
})

const one = (header: string, question: string, options: Readonly<Record<string, string>>, several = false): Choice => ({
  header,
  question,
  several,
  options: Object.entries(options).map(([label, description]) => ({ label, description })),
})

/** What sessions of the demo ask, by their project. */
export const sampleQuestions: Readonly<Record<string, ProjectQuestions>> = {
  'timetable-api': {
    permission: [
      bash('psql timetable_copy -f migrations/0042_holidays.sql', 'Run the migration on the copy', 'Bash(psql timetable_copy:*)'),
      plan(
        '# Departures with their zone',
        '',
        '1. Add the column `zone` to `departures`, with the zone of the station.',
        '2. Write both columns for a week, and compare them each night.',
        '3. Read the new one, and backfill the last year in batches of 10,000.',
        '',
        'The old column stays until the release after.',
      ),
    ],
    input: [
      choose(
        one('Leap days', 'What runs on 29 February?', {
          'As on 28 February': 'The weekday of the day before decides.',
          'By its weekday': 'As on any other day of the year.',
          'Nothing by default': 'Operators have to say it, and are reminded in January.',
        }),
        one('Countries', 'Which calendars come first?', { Austria: '13 holidays', Germany: 'By state', Switzerland: 'By canton' }, true),
      ),
    ],
  },
  'platform-web': {
    permission: [
      edit(
        'src/board/clock.ts',
        'setInterval(tick, 1000)',
        "// Safari stops timers of hidden tabs.\ndocument.addEventListener('visibilitychange', tick)\nsetInterval(tick, 1000)",
      ),
      bash('npm install maplibre-gl@5', 'Install the map component', 'Bash(npm install:*)'),
    ],
    input: [
      choose(
        one('Focus', 'Where does the keyboard go when a platform closes?', {
          'To the next platform': 'In the order of the tracks.',
          'To the list': 'As when it was opened.',
        }),
      ),
    ],
  },
  'signal-firmware': {
    permission: [bash('make flash BOARD=bench-2', 'Flash the board on the bench', 'Bash(make flash:*)')],
    input: [
      choose(
        one('Watchdog', 'How long may a route take to lock before the watchdog resets?', {
          '150 ms': 'As measured, with a margin of half.',
          '400 ms': 'As the specification allows.',
        }),
      ),
    ],
  },
  'ticket-machine': {
    permission: [bash('curl --silent http://terminal.bench/api/decline?code=51', 'Let the test terminal decline a card', 'Bash(curl:*)')],
    input: [
      choose(
        one('Wording', 'What does the screen say when a card is declined?', {
          'Card declined': 'Short, and no reason.',
          'Your bank has declined this card': 'Longer, and people ask the staff less.',
        }),
      ),
    ],
  },
  'ops-notebooks': {
    permission: [bash('jupyter nbconvert --execute delays.ipynb', 'Run the notebook', 'Bash(jupyter nbconvert:*)')],
    input: [
      choose(
        one('Peak', 'Which trains count for the peak on Tuesday?', {
          'All trains': 'Also those that were cancelled.',
          'Late ones': 'From 6 minutes.',
        }),
      ),
    ],
  },
}
