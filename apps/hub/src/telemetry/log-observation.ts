import type { ObservedEvent, SessionObservation } from '@signalbox/contract/session-observation'
import type { LogRecord } from '@signalbox/contract/telemetry'
import { Attributes, firstInstant } from './attributes.ts'

type Details = Pick<SessionObservation, 'fields' | 'event'>

interface Translation {
  /** The attribute whose value is another one for each record of the kind: it makes repeated records the same observation. */
  readonly id?: string
  translate?(attributes: Attributes): Details
}

/** Requests of the main conversation; others are of subagents, titles, summaries. Old versions do not say. */
const mainRequest = /^(?:repl_main_thread|sdk)(?::|$)/

/**
 * The records that are read. Each shows that its session lived at that time. Others are ignored: some are of the hooks that
 * run after the end of a session, and some have prompts, inputs and answers.
 */
const translations: Readonly<Record<string, Translation>> = {
  user_prompt: {
    id: 'prompt.id',
    // A command such as /model is no turn.
    translate: (attributes) =>
      attributes.text('command_source') === 'builtin' ? {} : { event: { kind: 'prompt' }, fields: { turn_error: null } },
  },
  api_request: {
    id: 'request_id',
    translate(attributes) {
      if (!isMain(attributes)) return {}
      const [model, effort] = [attributes.text('model'), attributes.text('effort', 50)]
      return { fields: { ...(model === undefined ? {} : { model }), ...(effort === undefined ? {} : { effort }), turn_error: null } }
    },
  },
  api_refusal: { id: 'request_id' },
  // One record for all attempts of a request.
  api_error: {
    id: 'request_id',
    translate(attributes) {
      if (!isMain(attributes)) return {}
      const reason = reasonOf(attributes.count('status_code'))
      return { fields: { turn_error: reason }, event: { kind: 'turn-failed', reason } }
    },
  },
  tool_decision: { id: 'tool_use_id' },
  tool_result: {
    id: 'tool_use_id',
    translate: (attributes) => ({
      event: {
        kind: 'tool',
        ...named(attributes.text('tool_name')),
        ...lasting(attributes),
        ...(attributes.text('success') === 'false' ? { failed: true } : {}),
      },
    }),
  },
  subagent_completed: {
    translate: (attributes) => ({
      event: { kind: 'subagent-ended', ...named(attributes.text('agent_type', 100)), ...lasting(attributes) },
    }),
  },
  compaction: {
    translate(attributes) {
      if (attributes.text('success') !== 'true') return {}
      const trigger = attributes.text('trigger', 100)
      return { event: { kind: 'compacted', ...(trigger === undefined ? {} : { reason: trigger }), ...lasting(attributes) } }
    },
  },
}

/**
 * Translates a log record of Claude Code.
 * @returns undefined for a record that is not read, or of no session; a text that says why a record cannot be read
 */
export function observeLog(record: LogRecord, version: string | undefined): SessionObservation | string | undefined {
  const attributes = new Attributes(record.attributes)
  const name = attributes.text('event.name') ?? ''
  const translation = Object.hasOwn(translations, name) ? translations[name] : undefined
  const session_id = attributes.text('session.id')?.toLowerCase()
  if (translation === undefined || session_id === undefined) return undefined
  const at = firstInstant(record.timeUnixNano, record.observedTimeUnixNano)
  if (at === undefined) return 'a log record has no time'
  const { fields, event } = translation.translate?.(attributes) ?? {}
  const id = (translation.id && attributes.text(translation.id, 150)) ?? `${at}:${attributes.text('event.sequence', 50) ?? ''}`
  return {
    observation_id: `telemetry:${name}:${id}`,
    session_id,
    source: 'telemetry',
    at,
    alive: true,
    fields: { ...fields, ...(version === undefined ? {} : { version }) },
    ...(event === undefined ? {} : { event }),
  }
}

function isMain(attributes: Attributes): boolean {
  return mainRequest.test(attributes.text('query_source') ?? '')
}

/** The words that hooks use. The text of an error may quote an input, and is not read. */
function reasonOf(status: number | undefined): string {
  switch (status) {
    case 401:
    case 403:
      return 'authentication_failed'
    case 402:
      return 'billing_error'
    case 429:
      return 'rate_limit'
    case 529:
      return 'overloaded'
  }
  if (status === undefined || status < 400) return 'unknown'
  return status < 500 ? 'invalid_request' : 'server_error'
}

function named(name: string | undefined): Pick<ObservedEvent, 'name'> {
  return name === undefined ? {} : { name }
}

function lasting(attributes: Attributes): Pick<ObservedEvent, 'duration_ms'> {
  const duration_ms = attributes.count('duration_ms')
  return duration_ms === undefined ? {} : { duration_ms }
}
