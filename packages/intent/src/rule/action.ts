import { actionVerbs } from '../lexicon/en.ts'
import { isNearWord } from '../near-word.ts'
import { PhraseIndex } from '../phrase-index.ts'
import type { Question } from '../question.ts'
import { call, has, isAsking, type Rule, says } from '../rule.ts'

const verbs = new PhraseIndex<string>(
  Object.entries(actionVerbs).flatMap(([verb, phrases]) => phrases.split(', ').map((phrase) => [phrase, verb] as const)),
)
/** What may stand before the verb of an order. */
const polite = new Set(
  "please can could would you will i we want to need lets let us hey hi ok okay signalbox kindly just now go ahead and would like you'd so then".split(
    ' ',
  ),
)
/** What may stand in an order besides its verb and its target. A word more, and it is no order that we know. */
const around = new Set(
  'please the a session sessions of on my now for me project one machine work in is it to this that right again run agent job as state status with slot at'.split(
    ' ',
  ),
)

/** An order to a session. It needs a verb in its place and one target, and nothing else may be said. */
export const sessionAction: Rule = (question) => {
  if (isAsking(question)) return undefined
  const { session, project, machine } = question.names
  const words = question.tokens.map(({ word }) => word)
  const action = markedAs(question) ?? verbOf(words)
  if (action === undefined || question.ranges.length > 0 || question.unknown.length > 0) return undefined
  const state = targetState(question)
  if (!hasOneTarget(question) && !(question.nameCount === 0 && state !== undefined)) return undefined
  if (machine !== undefined && question.slot === undefined && session === undefined && project === undefined) return undefined
  if (!saysNoMore(question, action, state)) return undefined
  return call('session_act', {
    action,
    session,
    project,
    machine,
    slot: question.slot,
    state: question.nameCount === 0 ? state : undefined,
  })
}

/** One session, one project, or the slot of a machine: of two projects it is not clear which. */
function hasOneTarget({ names, nameCount, slot }: Question): boolean {
  if (names.model !== undefined) return false
  const isPlaced = names.machine !== undefined && (names.project !== undefined || slot !== undefined)
  return names.session !== undefined
    ? nameCount === 1
    : isPlaced
      ? nameCount === (names.project === undefined ? 1 : 2)
      : names.project !== undefined && nameCount === 1
}

const lastVerbs = new Set('pause resume kill terminate recover restart unpause'.split(' '))

function verbOf(words: readonly string[]): string | undefined {
  const start = words.findIndex((word) => !polite.has(word))
  if (start < 0) return undefined
  const hold = / (?:put|place|set) .* on hold /.test(` ${words.join(' ')} `)
  if (hold) return 'pause'
  if (/ bring .* back /.test(` ${words.join(' ')} `)) return 'recover'
  if (/ let .* (?:go on|continue|carry on|proceed|run again|work again) /.test(` ${words.join(' ')} `)) return 'resume'
  const first = verbs.at(words, start)?.meanings[0]
  if (first !== undefined) return first
  // `8c1f4f3e resume`: the verb last, of those that are nothing else.
  const last = words.filter((word) => !polite.has(word)).at(-1) ?? ''
  return lastVerbs.has(last) ? verbs.at([last], 0)?.meanings[0] : undefined
}

function markedAs({ text }: Question): string | undefined {
  if (!/^ (?:\w+ )*?(?:mark|set|flag|put) /.test(text)) return undefined
  return / (?:mark|set|flag) .*(?:as|to|a)? ?failed /.test(text) ? 'mark_failed' : undefined
}

function targetState(question: Question): string | undefined {
  if (!has(question, 'session')) return undefined
  if (says(question, 'sessions', 'all', 'every', 'everything')) return undefined
  return has(question, 'stalled')
    ? 'stalled'
    : says(question, 'failed', 'crashed')
      ? 'failed'
      : has(question, 'paused')
        ? 'paused'
        : undefined
}

function saysNoMore(question: Question, action: string, state: string | undefined): boolean {
  const named = nameWords(question)
  // A number that is no part of a name is a time, or a count: not ours to guess.
  const isOfName = (number: number | undefined) => number !== undefined && (named.has(String(number)) || number === question.slot)
  const rest = question.tokens.filter(({ word, number }) => !polite.has(word) && !around.has(word) && !isOfName(number))
  const own = new Set(
    action === 'mark_failed'
      ? ['mark', 'set', 'flag', 'failed']
      : [
          ...Object.values(actionVerbs).flatMap((phrases) => phrases.split(/[ ,]+/)),
          'put',
          'place',
          'set',
          'hold',
          'bring',
          'back',
          'life',
          'let',
          'go',
          'proceed',
          ...(state === undefined ? [] : ['stalled', 'failed', 'crashed', 'paused', 'hung', 'frozen', 'stuck', 'dead', 'hanging']),
        ],
  )
  const verbsSaid = rest.filter(({ word }) => verbs.has(word) && !named.has(word) && !['hold', 'bring', 'back'].includes(word))
  return (
    verbsSaid.length <= 1 + (action === 'mark_failed' ? 1 : 0) &&
    rest.every(({ word }) => own.has(word) || named.has(word) || isNameLike(word, named))
  )
}

function nameWords({ names }: Question): Set<string> {
  return new Set(Object.values(names).flatMap((name) => [name, ...(name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])]))
}

/** The name in one word, in the plural, or with one mistake. */
function isNameLike(word: string, named: ReadonlySet<string>): boolean {
  return [...named].some((name) => name.replace(/[^a-z0-9]/g, '') === word || `${name}s` === word || isNearWord(word, name))
}

const machineStates: readonly (readonly [action: string, pattern: RegExp])[] = [
  ['maintenance', / (?:maintenance|out of rotation|drain) /],
  ['offline', / offline /],
  ['online', / (?:online|back up|back into rotation|back in rotation|back in service|into service) /],
]
const machineVerb = / (?:set|take|put|mark|bring|switch|move|turn|needs|drain|make|send|start) /
const machineWords = new Set(
  'set take put mark bring switch move turn needs need drain make start maintenance offline online back up in into out rotation service mode as is from it of start finished done over machine host ready again fixed repaired'.split(
    ' ',
  ),
)

export const machineAction: Rule = (question) => {
  if (isAsking(question)) return undefined
  const { machine } = question.names
  if (
    machine === undefined ||
    question.nameCount !== 1 ||
    question.slot !== undefined ||
    question.ranges.length > 0 ||
    question.unknown.length > 0
  )
    return undefined
  const states = machineStates.filter(([, pattern]) => pattern.test(question.text))
  const isOrder =
    machineVerb.test(question.text) ||
    / for .* please /.test(question.text) ||
    / (?:to|into) (?:maintenance|offline|online) /.test(question.text) ||
    /^ (?:please )?(?:maintenance|offline|online) /.test(question.text) ||
    / (?:maintenance|offline|online) please /.test(question.text)
  if (states.length !== 1 || !isOrder) return undefined
  const named = nameWords(question)
  const isClean = question.tokens.every(
    ({ word, number }) =>
      (number !== undefined && named.has(String(number))) ||
      polite.has(word) ||
      around.has(word) ||
      machineWords.has(word) ||
      named.has(word) ||
      isNameLike(word, named),
  )
  return isClean ? call('machine_act', { action: states[0]![0], machine }) : undefined
}

/** Alerts: how long none are sent, that they are sent again, and what is worth one. */
export const alertAction: Rule = (question) => {
  if (question.nameCount > 1) return undefined
  return resumed(question) ?? paused(question) ?? watched(question)
}

function resumed(question: Question) {
  const { text } = question
  if (/ (?:why|when|what|who|did|which) /.test(text) || / not /.test(text)) return undefined
  const isBack =
    / (?:unmute|enable|resume|unsnooze|reactivate|restart) /.test(text) ||
    / (?:turn|switch|bring|put) .*(?:back on|on again|on|back) /.test(text) ||
    / (?:notify|alert|ping|message|warn) me again /.test(text) ||
    / (?:start|begin|send|allow|want) .*again /.test(text) ||
    / (?:want|get|give|have) .*(?:alerts|notifications) (?:back|again) /.test(text) ||
    (/^ (?:please )?(?:the |my )?(?:alerts?|notifications?) (?:back )?on /.test(text) && !isAsking(question))
  const isOff = / off /.test(text)
  return isBack && !isOff && (has(question, 'alert') || / (?:notify|alert|unmute|ping) /.test(text)) && question.nameCount === 0
    ? call('alerts_resume')
    : undefined
}

function paused(question: Question) {
  const { text } = question
  const isQuiet =
    / (?:mute|snooze|silence|quiet|silent|shush|hush|shut up|leave me alone) /.test(text) ||
    / stop (?:bugging|bothering|pinging|notifying|alerting|messaging|disturbing) me /.test(text) ||
    / not (?:disturb|bother|notify|alert|ping|annoy) /.test(text) ||
    / (?:alerts?|notifications?) off /.test(text) ||
    / not (?:send|show|give|push) (?:me |any |out |more )*(?:alerts?|notifications?|messages?) /.test(text) ||
    / no (?:more )?(?:alerts|notifications|pings) /.test(text) ||
    / (?:pause|suspend|stop|hold|disable|turn off) (?:the |all |my )?(?:alerts?|notifications?|notifying|alerting|pinging) /.test(text)
  if (!isQuiet || / (?:why|what|who|did|which|when|is|are|how) /.test(text.replace(/ be quiet /, ' '))) return undefined
  const until = untilOf(question)
  return until === undefined || question.nameCount > 0 ? undefined : call('alerts_pause', { until })
}

export function untilOf({ text, tokens }: Question): string | undefined {
  if (/ (?:tomorrow|tonight|the night|morning|overnight) /.test(text)) return 'tomorrow_morning'
  const clock = /(?:until|by) (\d{1,2}:\d\d) /.exec(text)
  if (clock !== null) return clock[1]!.padStart(5, '0')
  if (/ half an hour /.test(text)) return '30m'
  for (const [n, { word }] of tokens.entries()) {
    const unit = /^hours?$/.test(word) ? 'h' : /^minutes?$/.test(word) ? 'm' : /^days?$/.test(word) ? 'd' : undefined
    const number = tokens[n - 1]?.number
    if (unit !== undefined && number !== undefined && Number.isInteger(number)) return `${number}${unit}`
  }
  return undefined
}

const isWatch =
  / shout (?:if|when|once) | (?:warn|alert|notify|tell|ping|inform|message|let) me | (?:want|like|need) to (?:know|be told|be warned|be notified|be alerted) | (?:set|add|create|make) (?:an? |up (?:an? )?)?(?:alert|alarm|warning|notification) | give me a (?:warning|heads up|shout|ping) | (?:alert|alarm|warning) (?:at|when|if) | send me an? (?:alert|notification|warning) | remind me (?:when|at|if) /
const hasCondition = / (?:when|if|at|once|as soon as|before|above|over|whenever|should|reaches|for) /

function watched(question: Question) {
  const { text, tokens } = question
  const isShort = /^ (?:please )?(?:alert|warn|notify) (?:me )?(?:at |on )?\d{1,3} percent /.test(text)
  if ((!isShort && (!isWatch.test(text) || !hasCondition.test(text))) || question.nameCount > 1 || / not /.test(text)) return undefined
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN)
  const at = number(/ (\d{1,3}) percent /)
  if (at >= 1 && at <= 100 && question.names.project === undefined && question.names.machine === undefined) {
    const window =
      question.names.model ??
      question.window ??
      (/ week(?:ly)? /.test(text) || question.ranges.includes('this_week')
        ? 'week'
        : has(question, 'session') || / 5 hours? | five hours? /.test(text)
          ? 'session'
          : undefined)
    return window === undefined ? undefined : call('alert_set', { window, at })
  }
  const dollars = number(/ (\d{1,6}) (?:dollars|bucks|usd) /)
  if (dollars > 0 && (has(question, 'cost') || / over | above | more /.test(text))) {
    const per = / (?:week|weekly) /.test(text)
      ? 'week'
      : / (?:month|monthly) /.test(text)
        ? 'month'
        : / (?:session|run) /.test(text)
          ? 'session'
          : / (?:day|daily|today) /.test(text)
            ? 'day'
            : undefined
    return per === undefined || question.nameCount > 0 ? undefined : call('alert_set', { cost: dollars, per })
  }
  if (/ when (?:is|does|do|did|will) /.test(text) || tokens.length < 4 || question.ranges.length > 0 || question.nameCount > 0)
    return undefined
  const isMachine = has(question, 'machine')
  const state =
    isMachine && has(question, 'offline')
      ? 'offline'
      : has(question, 'stalled')
        ? 'stalled'
        : / (?:waits?|waiting|permission|approval|input|needs?) /.test(text)
          ? 'waiting'
          : has(question, 'failed')
            ? 'failed'
            : has(question, 'completed')
              ? 'completed'
              : undefined
  return state === undefined || (!has(question, 'session', 'machine') && !/ (?:anything|something|one) /.test(text))
    ? undefined
    : call('alert_set', { state })
}

/** A new snapshot of the plan limits; it is the collector's work, and changes nothing. */
export const refresh: Rule = (question) => {
  const isLimit = has(question, 'limit', 'reading') || question.window !== undefined
  if (!isLimit || has(question, 'alert') || question.ranges.length > 0) return undefined
  const { text } = question
  const isNew =
    has(question, 'refresh') ||
    / (?:get|fetch|ask for|request|take|grab|pull|need|want) .*(?:new|fresh|newest|latest|updated) /.test(text) ||
    / another look | (?:limits?|quotas?) (?:again|anew) /.test(text) ||
    / (?:read|check|fetch|look up|load|query|get) .*(?:again|anew|once more|now|one more time|another time) /.test(text)
  return isNew && !/ (?:when|why|how|is|are|was|did|last) /.test(text) ? call('limits_refresh') : undefined
}
