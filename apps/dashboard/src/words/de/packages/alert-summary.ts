import type { Alert } from '@signalbox/contract/alert'
import { germanValue } from './alert-words.ts'
import { windowLabel } from './plan.ts'

/** What a sentence needs. */
export type SummarizedAlert = Pick<Alert, 'kind' | 'about' | 'summary'>

type Groups = Readonly<Record<string, string | undefined>>
/** The hub's sentence, with a group for each of its parts, and the German one. */
type Sentence = readonly [english: (about: Alert['about']) => RegExp, german: (groups: Groups) => string]

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
const lastPart = (id: string) => id.split(/[\\/]/).findLast((part) => part !== '') ?? id
/** A part of the sentence whose name is known: others may have ` in ` or ` on ` in it. */
const known = (name: string | undefined) => (name === undefined ? '.+?' : escaped(name.replace(/\s+/g, ' ').trim()))

const always = (pattern: RegExp) => () => pattern
const ofSession =
  (rest: string) =>
  ({ project_id, machine_id }: Alert['about']) =>
    new RegExp(
      `^Session (?<name>.+) in (?<project>${known(project_id && lastPart(project_id))}) on (?<machine>${known(machine_id)})${rest}$`,
    )
const session = ({ name, project, machine }: Groups) => `Sitzung ${name} in ${project} auf ${machine}`
const ofTask =
  (rest: string) =>
  ({ project_id }: Alert['about']) =>
    new RegExp(`^The task (?<name>.+) in (?<project>${known(project_id && lastPart(project_id))}) ${rest}(?:: (?<why>.*))?$`)
const task = ({ name, project }: Groups) => `Die Aufgabe ${name} in ${project}`

/** What others have said stays as they said it. */
const because = ({ why }: Groups) => (why === undefined ? '' : `: ${why}`)
const duration = (text: string | undefined) => (text ?? '').replace('.', ',').replace('days', 'Tagen')
const since = ({ span }: Groups) => (span === undefined ? '' : `, seit mehr als ${duration(span)}`)
const limit = ({ label = '', owner }: Groups) =>
  `Das ${windowLabel(`${label[0]?.toUpperCase()}${label.slice(1)}`)}${owner === undefined ? '' : ` von ${owner}`}`
const ofLimit = (rest: string) => always(new RegExp(`^The (?<label>5-hour limit|weekly limit(?: · .+?)?)(?: of (?<owner>.+))? ${rest}$`))
const filter = ({ filter = '' }: Groups) =>
  filter
    .replace(/^ for /, ' für ')
    .replace(/ on /, ' auf ')
    .replace(/ with /, ' mit ')
const needs: Readonly<Record<string, string>> = { permission: 'eine Erlaubnis', input: 'eine Eingabe', 'a person': 'einen Menschen' }

const lasting = '(?:, for more than (?<span>.+))?'
const sentences: Readonly<Partial<Record<Alert['kind'], readonly Sentence[]>>> = {
  session_failed: [[ofSession(' has failed(?:: (?<why>.*))?'), (all) => `${session(all)} ist fehlgeschlagen${because(all)}`]],
  session_stalled: [[ofSession(' is stalled'), (all) => `${session(all)} hängt`]],
  session_waiting: [
    [
      ofSession(` is waiting for (?<need>permission|input|a person)${lasting}`),
      (all) => `${session(all)} wartet auf ${needs[all.need ?? '']}${since(all)}`,
    ],
  ],
  session_idle: [[ofSession(` is idle${lasting}`), (all) => `${session(all)} ist untätig${since(all)}`]],
  task_failed: [[ofTask('has failed'), (all) => `${task(all)} ist fehlgeschlagen${because(all)}`]],
  task_blocked: [[ofTask('is blocked'), (all) => `${task(all)} ist blockiert${because(all)}`]],
  machine_offline: [[always(/^The machine (?<name>.+) is offline$/), ({ name }) => `Die Maschine ${name} ist offline`]],
  no_free_slot: [
    [
      always(/^No slot has been free(?: on (?<machine>.+?))?(?: for more than (?<span>\S+ \S+))?$/),
      (all) =>
        `${all.span === undefined ? '' : `Seit mehr als ${duration(all.span)} `}${all.span === undefined ? 'Kein' : 'kein'} Slot frei${all.machine === undefined ? '' : ` auf ${all.machine}`}`,
    ],
  ],
  limit_over: [
    [ofLimit('is exceeded'), (all) => `${limit(all)} ist überschritten`],
    [ofLimit('is used up'), (all) => `${limit(all)} ist aufgebraucht`],
    [
      ofLimit('is used to (?<share>[\\d.]+)% or more'),
      (all) => `${limit(all)} ist zu ${all.share?.replace('.', ',')}\u00a0% oder mehr verbraucht`,
    ],
  ],
  limit_runs_out: [
    [ofLimit('is used up before its reset'), (all) => `${limit(all)} ist vor seinem Reset aufgebraucht`],
    [ofLimit('runs out before its reset at the recent pace'), (all) => `${limit(all)} reicht beim jetzigen Tempo nicht bis zum Reset`],
  ],
  limit_reset: [[ofLimit('was reset'), (all) => `${limit(all)} wurde zurückgesetzt`]],
  budget: [
    [
      always(
        /^The budget of (?<week>(?:the week of )?)(?<first>\d{4}-\d\d(?:-\d\d)?)(?<filter>(?: (?:for|on|with) .+)?), (?<amount>\$[\d.]+), is spent to (?<share>[\d.]+)% or more$/,
      ),
      (all) =>
        `Das Budget ${germanPeriod(all.week ?? '', all.first ?? '')}${filter(all)}, ${germanValue(all.amount ?? '')}, ist zu ${all.share?.replace('.', ',')}\u00a0% oder mehr ausgegeben`,
    ],
  ],
  cost_anomaly: [
    [
      always(
        /^An hour of usage(?<filter>(?: (?:for|on|with) .+)?) cost (?<cost>\$[\d.]+); at this time of day (?<usual>\$[\d.]+) is usual$/,
      ),
      (all) =>
        `Eine Stunde Verbrauch${filter(all)} kostete ${germanValue(all.cost ?? '')}; um diese Uhrzeit sind ${germanValue(all.usual ?? '')} üblich`,
    ],
  ],
  collector_silent: [
    [
      always(/^The collector on (?<machine>.+) has not reported for more than (?<span>.+)$/),
      ({ machine, span }) => `Der Collector auf ${machine} hat seit mehr als ${duration(span)} nichts gemeldet`,
    ],
  ],
  snapshot_stale: [
    [
      always(/^The plan limits(?: of (?<owner>.+))? have not been read for more than (?<span>.+)$/),
      ({ owner, span }) =>
        `Die Plan-Limits${owner === undefined ? '' : ` von ${owner}`} wurden seit mehr als ${duration(span)} nicht gelesen`,
    ],
  ],
  needs_login: [
    [
      always(/^The collector on (?<machine>.+) cannot read the plan limits until a person signs in: signalbox web login$/),
      ({ machine }) => `Der Collector auf ${machine} kann die Plan-Limits erst lesen, wenn sich ein Mensch anmeldet: signalbox web login`,
    ],
  ],
  source_failing: [
    [
      ({ machine_id }) =>
        new RegExp(
          `^The source (?<name>.+) on (?<machine>${known(machine_id)}) has been failing for more than (?<span>[^:]+)(?:: (?<why>.*))?$`,
        ),
      (all) => `Die Quelle ${all.name} auf ${all.machine} scheitert seit mehr als ${duration(all.span)}${because(all)}`,
    ],
  ],
  hub_paused: [[always(/^Monitoring is paused: (?<why>.*)$/), (all) => `Die Überwachung ist angehalten${because(all)}`]],
  hub_unhealthy: [
    [always(/^The hub cannot write its database: (?<why>.*)$/), (all) => `Der Hub kann seine Datenbank nicht schreiben${because(all)}`],
    [
      always(/^The disk of the hub is nearly full: (?<share>[\d.]+)% or more is used$/),
      ({ share }) => `Die Platte des Hubs ist fast voll: ${share}\u00a0% oder mehr sind belegt`,
    ],
    [
      always(/^The hub is overloaded: for more than (?<span>.+) each of its turns has taken more than a second$/),
      ({ span }) => `Der Hub ist überlastet: seit mehr als ${duration(span)} dauert jede seiner Runden länger als eine Sekunde`,
    ],
    [
      always(/^The hub cannot write the JSON files of snapshots: (?<why>.*)$/),
      (all) => `Der Hub kann die JSON-Dateien der Snapshots nicht schreiben${because(all)}`,
    ],
    [
      always(/^Alerts are late: one has waited for more than (?<span>.+) although its channel is well$/),
      ({ span }) => `Alarme verspäten sich: einer wartet seit mehr als ${duration(span)}, obwohl sein Kanal in Ordnung ist`,
    ],
  ],
  channel_broken: [
    [
      always(/^The channel (?<name>.+?) refuses messages(?:: (?<why>.*))?$/),
      (all) => `Der Kanal ${all.name} weist Nachrichten ab${because(all)}`,
    ],
    [
      always(/^The channel (?<name>.+?) has let nothing through for more than (?<span>\S+ [^\s:]+)(?:: (?<why>.*))?$/),
      (all) => `Der Kanal ${all.name} lässt seit mehr als ${duration(all.span)} nichts durch${because(all)}`,
    ],
  ],
}

/** `2026-12-01` → `vom 1. Dezember 2026`, `2026-12` → `für Dezember 2026`. */
function germanPeriod(week: string, first: string): string {
  const isDay = first.length > 'YYYY-MM'.length
  const date = new Intl.DateTimeFormat('de', { timeZone: 'UTC', year: 'numeric', month: 'long', ...(isDay ? { day: 'numeric' } : {}) })
  return `${week === '' ? '' : 'der Woche '}${isDay ? 'vom' : 'für'} ${date.format(Date.parse(first))}`
}

/** The hub's sentence about an alert in German; undefined where it is one that only a newer hub knows. */
export function alertSummary({ kind, about, summary }: SummarizedAlert): string | undefined {
  for (const [english, german] of sentences[kind] ?? []) {
    const groups = english(about).exec(summary)?.groups
    if (groups !== undefined) return german(groups)
  }
  return undefined
}
