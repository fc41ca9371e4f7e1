import type { Call } from './call.ts'

/** A call as a question that is understood as this call again. Undefined for a call that no words say. */
export function phrase({ tool, arguments: args }: Call): string | undefined {
  return phrases[tool]?.(args as Arguments)
}

type Arguments = Readonly<Record<string, string | number | undefined>>

const windowNames: Readonly<Record<string, string>> = { session: '5-hour', week: 'weekly' }
const limitOf = (window: unknown) => (window === undefined ? 'limits' : `${windowNames[String(window)] ?? window} limit`)

/** `cost of shop on box-1 per day`, as the parts are there. */
function placeOf({ project, machine, model }: Arguments): string {
  return [project && `of ${project}`, machine && `on ${machine}`, model && `with ${model}`].filter(Boolean).join(' ')
}

/** A span as a person says it. */
export function rangeWords(range: string | number | undefined): string {
  const text = String(range ?? '')
  const last = /^last_(\d+)([mhd])$/.exec(text)
  if (last !== null) return `in the last ${counted(last[1]!, last[2]!)}`
  if (/^\d{4}-/.test(text)) return text.includes('..') ? `from ${text.replace('..', ' to ')}` : `on ${text}`
  return text === 'all' ? 'of all time' : text.replaceAll('_', ' ')
}

const join = (...parts: readonly (string | number | false | undefined)[]) => parts.filter(Boolean).join(' ')

const plurals: Readonly<Record<string, string>> = { branch: 'branches' }
const stateWords: Readonly<Record<string, string>> = { active: 'running', completed: 'finished' }
const abouts: Readonly<Record<string, (what: string) => string>> = {
  failure: (what) => `why did ${what} fail?`,
  cost: (what) => `what did ${what} cost?`,
  tasks: (what) => `how far is ${what}?`,
  timeline: (what) => `what happened in session ${what}?`,
  undefined: (what) => `how is ${what} doing?`,
}
const terms: Readonly<Record<string, string>> = {
  assistant: 'what can I ask you?',
  connect: 'how do I connect another machine?',
  keys: 'how do I make a key?',
  'list price': 'is this what I really pay?',
  stalled: 'what does stalled mean?',
}
const units: Readonly<Record<string, string>> = { m: 'minute', h: 'hour', d: 'day' }
const counted = (count: string, unit: string) => `${count} ${units[unit]}${count === '1' ? '' : 's'}`

const phrases: Readonly<Record<string, (args: Arguments) => string | undefined>> = {
  limits_now: ({ window }) =>
    window === undefined
      ? 'how much of my plan is used?'
      : window === 'week'
        ? 'how much of the week is left?'
        : `how much of the ${limitOf(window)} is used?`,
  limits_forecast: ({ window }) =>
    window === undefined
      ? 'when do I hit a limit?'
      : window === 'week'
        ? 'will the week last?'
        : window === 'session'
          ? 'will I hit the 5-hour limit?'
          : `when do I run out of ${window}?`,
  limits_history: ({ window, range }) => join(limitOf(window), 'over time', rangeWords(range)),
  usage_report: (args) => {
    const { group, top, measure = 'cost', range } = args
    const rows = group !== undefined && top !== undefined ? `top ${top} ${plurals[group] ?? `${group}s`} by` : ''
    return join(rows, measure, placeOf(args), rows === '' && group !== undefined && `per ${group}`, rangeWords(range))
  },
  usage_compare: (args) => {
    const { range, baseline, why, measure } = args
    const place = placeOf(args)
    const what = join(measure ?? 'cost', place)
    if (why !== undefined)
      return place === '' && measure === undefined
        ? `why was ${rangeWords(range)} so expensive?`
        : `why so much ${what} ${rangeWords(range)}?`
    return baseline === undefined
      ? join(what, rangeWords(range), 'compared with usual')
      : join('compare', what, rangeWords(range), 'with', rangeWords(baseline).replace(/^(?:in|on|from) /, ''))
  },
  block_now: () => 'what is my burn rate right now?',
  sessions_list: (args) => {
    const { state, range, order } = args
    const place = placeOf(args)
    if (state === 'person') return join('which sessions', place, 'wait for me?')
    return join(order, stateWords[String(state)] ?? state ?? 'all', 'sessions', place, rangeWords(range))
  },
  session_show: ({ session, project, machine, slot, about }) => {
    const what = session ?? (slot === undefined ? project : `${machine} slot ${slot}`)
    return what === undefined ? undefined : abouts[String(about)]?.(String(what))
  },
  tasks_list: ({ status, session, range, ...args }) =>
    join(
      status === undefined ? 'all tasks' : status === 'in_progress' ? 'tasks in progress' : `${status} tasks`,
      session !== undefined && `of ${session}`,
      placeOf(args),
      rangeWords(range),
    ),
  machines_list: ({ state, machine }) =>
    machine !== undefined
      ? `how is ${machine}?`
      : state === 'free'
        ? 'where is a free slot?'
        : state === undefined
          ? 'list machines'
          : `which machines are ${state === 'maintenance' ? 'in maintenance' : state}?`,
  events_list: ({ range, session, ...args }) =>
    range === 'since_visit'
      ? 'what did I miss?'
      : `${join('what happened', session !== undefined && `in ${session}`, placeOf(args), rangeWords(range))}?`,
  hub_health: ({ about }) =>
    about === 'collector'
      ? 'is the collector running?'
      : about === 'limits'
        ? 'how old are the limits?'
        : about === 'usage'
          ? 'when did the last call come in?'
          : 'is everything ok?',
  price_show: ({ model }) => (model === undefined ? 'price list' : `price of ${model}`),
  help: ({ topic }) => terms[String(topic)] ?? `what does ${topic} mean?`,
  navigate: ({ to }) => `go to ${to}`,
  look_set: ({ theme }) => `${theme} theme`,
  session_act: ({ action, session, project, machine, slot, state }) => {
    const what = session ?? project ?? (slot === undefined ? state && `the ${state} session` : `${machine} slot ${slot}`)
    return action === 'mark_failed' ? `mark ${what} as failed` : `${action} ${what}`
  },
  machine_act: ({ action, machine }) =>
    action === 'maintenance' ? `put ${machine} in maintenance` : action === 'offline' ? `take ${machine} offline` : `set ${machine} online`,
  alerts_pause: ({ until }) => {
    const span = /^(\d+)([mhd])$/.exec(String(until))
    return span !== null
      ? `mute alerts for ${counted(span[1]!, span[2]!)}`
      : `mute alerts until ${until === 'tomorrow_morning' ? 'tomorrow' : until}`
  },
  alerts_resume: () => 'turn alerts back on',
  alert_set: ({ window, at, cost, per, state }) =>
    at !== undefined
      ? `alert me at ${at} percent of the ${limitOf(window)}`
      : cost !== undefined
        ? `alert me when a ${per} costs more than ${cost} dollars`
        : state === 'offline'
          ? 'alert me when a machine goes offline'
          : `alert me when a session ${{ stalled: 'stalls', failed: 'fails', completed: 'is finished' }[String(state)] ?? 'waits for permission'}`,
  limits_refresh: () => 'read the limits again',
}
