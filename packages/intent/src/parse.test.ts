import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Call, ParseContext } from './call.ts'
import { examples } from './example.ts'
import { parseQuestion } from './parse.ts'

const context: ParseContext = {
  // A Friday, 17:10 in Berlin.
  now: Date.parse('2026-11-27T16:10:00Z'),
  timezone: 'Europe/Berlin',
  vocabulary: {
    projects: ['github.com/acme/shop-front', 'mailer'],
    machines: ['box-1', 'box-2', 'lena-laptop'],
    models: ['claude-opus-5-5'],
    sessions: ['4fa1c2d3-1111-4111-8111-111111111111'],
  },
}
const actions = ['session_act', 'machine_act', 'alerts_pause', 'alerts_resume', 'alert_set']
const ask = (question: string, previous?: Call) => parseQuestion(question, { ...context, previous })
const callOf = (question: string, previous?: Call) => {
  const { call } = ask(question, previous)
  return call === undefined ? undefined : [call.tool, call.arguments]
}

it.each([
  ['how much of the week is left', 'limits_now', { window: 'week' }],
  ['will the 5-hour limit last', 'limits_forecast', { window: 'session' }],
  ['weekly limit over the last 30 days', 'limits_history', { window: 'week', range: 'last_30d' }],
  ["what's the shop front bill for november", 'usage_report', { range: 'this_month', project: 'shop-front' }],
  ['cost from november 5 to november 9', 'usage_report', { range: '2026-11-05..2026-11-09' }],
  ['top 3 projects last month', 'usage_report', { range: 'last_month', group: 'project', top: 3 }],
  ['why was wednesday so expensive', 'usage_compare', { range: '2026-11-25', why: true }],
  ['burn rate right now', 'block_now', {}],
  ['who needs me', 'sessions_list', { state: 'person' }],
  ['why did 4fa1c2d3 fail', 'session_show', { session: '4fa1c2d3', about: 'failure' }],
  ['blocked tasks', 'tasks_list', { status: 'blocked' }],
  ['is box two reachable', 'machines_list', { machine: 'box-2' }],
  ['what happened last night', 'events_list', { range: 'last_night' }],
  ['is the collector running', 'hub_health', { about: 'collector' }],
  ['yestreday cost', 'usage_report', { range: 'yesterday' }],
  ['cost 24.11.', 'usage_report', { range: '2026-11-24' }],
  ['cost nov 1-15', 'usage_report', { range: '2026-11-01..2026-11-15' }],
  ['cost 3 to 9 november', 'usage_report', { range: '2026-11-03..2026-11-09' }],
  ['cost of the second half of october', 'usage_report', { range: '2026-10-16..2026-10-31' }],
  ['cost on tuesday last week', 'usage_report', { range: '2026-11-17' }],
  ['cost the week before last', 'usage_report', { range: '2026-11-09..2026-11-15' }],
  ['cost 3 days ago', 'usage_report', { range: '2026-11-24' }],
  ['cost since october', 'usage_report', { range: '2026-10-01..2026-11-27' }],
  ['cost on the twenty first of november', 'usage_report', { range: '2026-11-21' }],
  ['cost on monday, no, i mean tuesday', 'usage_report', { range: '2026-11-24' }],
  ['calls/hour today', 'usage_report', { range: 'today', group: 'hour', measure: 'calls' }],
])('"%s" is %s', (question, tool, args) => {
  expect(callOf(question)).toEqual([tool, args])
})

describe('an action', () => {
  it('needs a verb in its place and one target', () => {
    expect(ask('please pause the shop front session')).toMatchObject({
      isAction: true,
      call: { tool: 'session_act', arguments: { action: 'pause', project: 'shop-front' } },
    })
    expect(callOf('put box-1 in maintenance')).toEqual(['machine_act', { action: 'maintenance', machine: 'box-1' }])
    expect(callOf('mute alerts for two hours')).toEqual(['alerts_pause', { until: '2h' }])
  })

  it.each([
    'should I pause mailer',
    'do not pause mailer',
    'why did you pause mailer',
    'pause mailer and shop-front',
    'pause mailer in ten minutes',
    'pause mailer at 5',
    'pause everything',
    'pause the movie',
    'end the month',
    'delete mailer',
    'take box-1 and box-2 offline',
    'is box-1 offline',
    'what happens if I stop mailer',
    'killed mailer',
    'is it safe to end 4fa1c2d3',
    'should box-1 go offline',
    'are alerts on again',
  ])('is not guessed from "%s"', (question) => {
    expect(actions).not.toContain(ask(question).call?.tool)
  })
})

describe('a follow-up', () => {
  const before: Call = { tool: 'usage_report', arguments: { range: 'today', project: 'mailer' } }

  it('changes what it names, and keeps the rest', () => {
    expect(callOf('and last week?', before)).toEqual(['usage_report', { range: 'last_week', project: 'mailer' }])
    expect(callOf('per model', before)).toEqual(['usage_report', { range: 'today', project: 'mailer', group: 'model' }])
    expect(callOf('why?', before)).toEqual(['usage_compare', { range: 'today', project: 'mailer', why: true }])
  })

  it('is a question of its own where it says enough', () => {
    expect(callOf('which sessions are stalled', before)).toEqual(['sessions_list', { state: 'stalled' }])
  })
})

describe('what is not understood', () => {
  it.each(['zorble the mailer session', 'which zorbles failed today', 'cost per zorble today', 'which sessions are zorbled'])(
    'is "%s", of which the word that is not known decides',
    (question) => {
      const { call, unknown, suggestions } = ask(question)
      expect([call, unknown.length, suggestions.length]).toEqual([undefined, 1, 3])
    },
  )

  it('is offered with the span and the name that were said', () => {
    expect(ask('cost per zorble of mailer yesterday').suggestions).toContain('cost of mailer per model yesterday')
  })

  it('has its unknown words and three near questions that are understood', () => {
    const { call, unknown, suggestions } = ask('what will bitcoin cost tomorrow')
    expect([call, unknown, suggestions.length]).toEqual([undefined, ['bitcoin'], 3])
    for (const suggestion of suggestions) expect([suggestion, callOf(suggestion)]).not.toContain(undefined)
  })

  it('has suggestions from a bank of which each is understood', () => {
    const named: Record<string, string> = { project: 'mailer', machine: 'box-1', model: 'opus', session: '4fa1c2d3', range: 'yesterday' }
    const missed = examples
      .map((text) => text.replace(/\{(\w+)\}/g, (_, place: string) => named[place]!))
      .filter((text) => ask(text).call === undefined)
    expect(missed).toEqual([])
  })
})

it('never throws, and never acts, on words at random', () => {
  const words = [
    'pause',
    'not',
    'mailer',
    'the',
    'cost',
    'of',
    'box-1',
    'last',
    '7',
    'days',
    'why',
    'week',
    '4fa1c2d3',
    '2026-13-45',
    '\u202e',
    'ünïcode',
    '99%',
  ]
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 30 }), (some) => {
      const { call, isAction, suggestions } = ask(some.join(' '))
      expect(isAction).toBe(call !== undefined && actions.includes(call.tool))
      expect(call === undefined ? suggestions.length : 0).toBeLessThanOrEqual(3)
    }),
    { numRuns: 200 },
  )
})

it('keeps its tool whatever things are called', () => {
  const hostile = ['pause', 'today', 'cost', 'stalled', 'limits', 'which', 'week', 'all', 'rm -rf', '%s', 'delete everything']
  const vocabulary = { projects: hostile, machines: hostile, models: hostile, sessions: [] }
  for (const question of [
    'what did I spend today',
    'which sessions are stalled',
    'how much of the week is left',
    'why was yesterday so expensive',
  ]) {
    expect(parseQuestion(question, { ...context, vocabulary }).call).toEqual(ask(question).call)
  }
})
