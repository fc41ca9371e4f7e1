import type { Call, ParseContext } from './call.ts'
import { examples } from './example.ts'
import { fillers, peopleWords } from './lexicon/en.ts'
import { phrase } from './phrase.ts'
import { type Question, readQuestion } from './question.ts'
import { untilOf } from './rule/action.ts'
import { before, later } from './rule/compare.ts'
import { windowOf } from './rule/limits.ts'
import { isOrder, isUnknownVerb } from './rule/order.ts'
import { aboutOf, stateOf } from './rule/session.ts'
import { statusOf } from './rule/task.ts'
import { groupOf, topOf } from './rule/usage.ts'
import { call, has, measureOf, reportRange } from './rule.ts'
import { guess, isUnknownArgument, understand } from './understand.ts'

const COUNT = 3
/** Three of one tool would be one guess in three forms. */
const MAX_OF_TOOL = 2
/** A named thing that an example asks about is worth more than a word. */
const NAME_WEIGHT = 3
/** A score below this is a word or two in common by chance. */
const MIN_SCORE = 0.7

interface Prepared {
  readonly call: Call
  readonly places: readonly string[]
  readonly features: ReadonlySet<string>
}

let prepared: { list: readonly Prepared[]; weight: ReadonlyMap<string, number> } | undefined

/** The questions of the bank that are nearest, about what was named and the span that was said. */
export function suggest(question: Question, context: ParseContext): string[] {
  prepared ??= prepare(context)
  const { list, weight } = prepared
  const asked = featuresOf(question)
  const names: Readonly<Record<string, string | undefined>> = question.names
  const mayAct = has(question, 'alert') || isUnknownVerb(question) || isOrder(question)
  const scored = list
    .flatMap(({ call, places, features }) => {
      if (places.some((place) => names[place] === undefined)) return []
      let score = places.length * NAME_WEIGHT
      for (const feature of features) if (asked.has(feature)) score += weight.get(feature)!
      return [{ call: withWords(call, question), score: score / Math.sqrt(features.size + 3) }]
    })
    .filter(({ score, call }) => score > MIN_SCORE && (mayAct || !orders.has(call.tool)))
    .sort((a, b) => b.score - a.score)
  const guessed = question.foreign ? undefined : guess(question, context)
  const first =
    guessed === undefined
      ? []
      : question.unknown.length > 0 && isUnknownArgument(question, guessed)
        ? [...orderedOf(question), ...variants(guessed)]
        : [guessed]
  const texts: string[] = []
  const counts = new Map<string, number>()
  for (const one of [...first, ...scored.map(({ call }) => call), ...general(question)]) {
    const text = phrase(one)
    const count = counts.get(one.tool) ?? 0
    if (text === undefined || texts.includes(text) || (count >= MAX_OF_TOOL && !first.includes(one))) continue
    counts.set(one.tool, count + 1)
    texts.push(text)
    if (texts.length === COUNT) break
  }
  return texts
}

/** An unknown verb before a name may be an order. */
function orderedOf(question: Question): Call[] {
  const { session, project, machine } = question.names
  if (!isUnknownVerb(question) || question.ranges.length > 0) return []
  const which = session !== undefined ? { session } : project !== undefined ? { project } : undefined
  if (which !== undefined) return ['end', 'pause'].map((action) => call('session_act', { action, ...which }))
  return machine === undefined ? [] : ['maintenance', 'offline'].map((action) => call('machine_act', { action, machine }))
}

/** The word that is not known is an argument: what else it could be, the likeliest first. */
function variants({ tool, arguments: args }: Call): Call[] {
  const each = (field: string, values: readonly string[]) => values.map((value) => call(tool, { ...args, [field]: value }))
  switch (tool) {
    case 'usage_report':
      return args.group === undefined
        ? each('group', ['project', 'model', args.machine === undefined ? 'machine' : 'session'])
        : [call(tool, args)]
    case 'sessions_list':
      return each('state', args.range === undefined ? ['person', 'stalled', 'failed'] : ['failed', 'completed'])
    case 'tasks_list':
      return each('status', args.range === undefined ? ['in_progress', 'blocked', 'pending'] : ['completed', 'failed'])
    case 'machines_list':
      return args.machine === undefined
        ? each('state', ['offline', 'free', 'maintenance'])
        : [call(tool, args), call('sessions_list', { state: 'active', machine: args.machine })]
    case 'session_show':
      return [call(tool, args), ...each('about', ['failure', 'tasks'])]
    case 'limits_now':
    case 'limits_forecast':
    case 'limits_history':
      return args.window === undefined
        ? each('window', ['session', 'week'])
        : [call(tool, args), call(tool === 'limits_now' ? 'limits_forecast' : 'limits_now', { window: args.window })]
    default:
      return [call(tool, args)]
  }
}

const orders = new Set(['session_act', 'machine_act', 'alerts_pause', 'alerts_resume', 'alert_set'])

/** What is asked most about what was named; where nothing is near. */
function general(question: Question): Call[] {
  const { project, machine, model, session } = question.names
  const range = reportRange(question)
  if (session !== undefined)
    return [
      call('session_show', { session }),
      call('session_show', { session, about: 'timeline' }),
      call('session_show', { session, about: 'failure' }),
    ]
  const cost = call('usage_report', { range: range ?? 'today', project, machine, model })
  if (project !== undefined)
    return range === undefined
      ? [call('session_show', { project }), cost, call('tasks_list', { project })]
      : [cost, call('events_list', { range, project }), call('tasks_list', { project, range })]
  if (machine !== undefined)
    return [
      ...(range === undefined ? [call('machines_list', { machine }), call('sessions_list', { state: 'active', machine })] : []),
      cost,
      call('events_list', { range, machine }),
    ]
  if (model !== undefined)
    return [...(range === undefined ? [call('limits_now', { window: model })] : []), cost, call('limits_forecast', { window: model })]
  if (question.window !== undefined)
    return [call('limits_now', { window: question.window }), call('limits_forecast', { window: question.window })]
  if (range !== undefined) return [cost, call('events_list', { range }), call('sessions_list', { state: 'failed', range })]
  const isPeople = question.plain.some((word) => peopleWords.has(word))
  return isPeople
    ? [call('sessions_list', { state: 'person' }), call('sessions_list', { state: 'active' }), call('events_list', { range: 'today' })]
    : [call('help', { topic: 'assistant' }), call('limits_now'), cost]
}

/** The call of an example with what this question says in the place of what the example said. */
function withWords({ tool, arguments: before }: Call, question: Question): Call {
  return call(tool, { ...before, ...argumentsOf[tool]?.(question, before) })
}

type Arguments = Readonly<Record<string, unknown>>

const argumentsOf: Readonly<Record<string, (question: Question, before: Arguments) => Arguments>> = {
  limits_now: (question) => ({ window: windowOf(question) }),
  limits_forecast: (question) => ({ window: windowOf(question) }),
  limits_history: (question) => {
    const range = reportRange(question)
    return { window: range === 'this_week' ? (question.names.model ?? question.window) : windowOf(question), range: range ?? 'last_7d' }
  },
  usage_report: (question, before) => {
    // Of a group that the example has, and the question not, there would be too many.
    const group = groupOf(question) ?? (has(question, 'most', 'split') ? (before.group as string | undefined) : undefined)
    const { session: _, ...filters } = question.names
    return {
      ...filters,
      range: reportRange(question) ?? (group === undefined ? 'today' : 'last_7d'),
      group,
      measure: measureOf(question),
      top: group === undefined ? undefined : topOf(question),
    }
  },
  usage_compare: (question, { why }) => {
    const { session: _, ...filters } = question.names
    const range = reportRange(question)
    const first = later[range ?? ''] ?? range ?? 'this_week'
    return why === true
      ? { ...filters, range: range ?? 'today', measure: measureOf(question) }
      : { ...filters, range: first, baseline: reportRange(question, 1) ?? before[first], measure: measureOf(question) }
  },
  sessions_list: (question, before) => {
    const state = stateOf(question) ?? before.state
    const { project, machine } = question.names
    return { state, project, machine, range: state === 'failed' || state === 'completed' ? reportRange(question) : undefined }
  },
  session_show: (question, { about }) => {
    const { session, project, machine } = question.names
    const which = session !== undefined ? { session } : project !== undefined ? { project } : { machine, slot: question.slot }
    return { ...which, about: aboutOf(question) ?? about }
  },
  tasks_list: (question, { status }) => {
    const { session, project, machine } = question.names
    return { status: statusOf(question) ?? status, session, project, machine, range: reportRange(question) }
  },
  machines_list: ({ names }) => ({ machine: names.machine }),
  events_list: ({ names, ranges }, { range }) =>
    range === 'since_visit' ? {} : { project: names.project, machine: names.machine, session: names.session, range: ranges[0] ?? range },
  price_show: ({ names }) => ({ model: names.model }),
  session_act: ({ names: { session, project, machine }, slot }) =>
    session !== undefined ? { session, project: undefined } : project !== undefined ? { project } : { machine, slot },
  machine_act: ({ names }) => ({ machine: names.machine }),
  alerts_pause: (question, { until }) => ({ until: untilOf(question) ?? until }),
  alert_set: (question, before) => {
    const at = Number(/ (\d{1,3}) percent /.exec(question.text)?.[1] ?? before.at)
    if (before.at !== undefined) return { at, window: windowOf(question) ?? before.window }
    const cost = Number(/ (\d{1,6}) (?:dollars|bucks|usd) /.exec(question.text)?.[1] ?? before.cost)
    return before.cost === undefined ? {} : { cost, per: / (day|week|month|session) /.exec(question.text)?.[1] ?? before.per }
  },
}

/** Names by which the bank's places are understood. */
const samples: Readonly<Record<string, string>> = {
  project: 'sampleproject',
  machine: 'samplemachine',
  model: 'samplemodel',
  session: 'a0a0a0a0',
}

function prepare(context: ParseContext) {
  const sample = { ...context, vocabulary: vocabularyOf(samples), previous: undefined }
  const empty = { ...context, vocabulary: vocabularyOf({}) }
  const list = examples.flatMap((text): Prepared[] => {
    const places = [...text.matchAll(/\{(\w+)\}/g)].map(([, place]) => place!).filter((place) => place !== 'range')
    const plain = text.replace(/\{range\}/g, 'today')
    const found = understand(
      readQuestion(
        plain.replace(/\{(\w+)\}/g, (_, place: string) => samples[place]!),
        sample,
      ),
      sample,
    )
    return found === undefined
      ? []
      : [{ call: found.call, places, features: featuresOf(readQuestion(plain.replace(/\{\w+\}/g, ''), empty)) }]
  })
  const weight = new Map<string, number>()
  for (const { features } of list) for (const feature of features) weight.set(feature, (weight.get(feature) ?? 0) + 1)
  for (const [feature, count] of weight) weight.set(feature, Math.log(list.length / count))
  return { list, weight }
}

function vocabularyOf({ project, machine, model, session }: Readonly<Record<string, string>>) {
  const one = (name: string | undefined) => (name === undefined ? [] : [name])
  return { projects: one(project), machines: one(machine), models: one(model), sessions: one(session) }
}

/** Words without a meaning of their own that still say what is asked. */
const leads = new Set([...peopleWords, ...'why when where which how did will first'.split(' ')])

function featuresOf({ plain, concepts, window, ranges }: Question): Set<string> {
  const features = new Set<string>(concepts)
  for (const word of plain) if (!fillers.has(word) || leads.has(word)) features.add(`=${word.replace(/s$/, '')}`)
  if (window !== undefined) features.add(`window ${window}`)
  if (ranges.length > 0) features.add('span')
  return features
}
