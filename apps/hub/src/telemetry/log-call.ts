import type { Call } from '@signalbox/contract/call'
import type { LogRecord } from '@signalbox/contract/telemetry'
import { REFUSED, TELEMETRY } from '@signalbox/usage/call'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { readReportedCost } from '@signalbox/usage/reported-cost'
import { requestKey } from '@signalbox/usage/telemetry-call'
import { Attributes, firstInstant, withoutWindow } from './attributes.ts'

type Names = Pick<Call, 'key' | 'at' | 'model' | 'session_id' | 'version' | 'agent_id' | 'request_id' | 'source' | 'is_sidechain'>

/**
 * Reads the call of a log record: `api_request` has its figures, `api_refusal` that the model refused. Requests without an answer
 * have neither.
 * @returns undefined for another record, and for a request that does not identify a call
 */
export function callOfLog(record: LogRecord, version: string | undefined): Call | undefined {
  const attributes = new Attributes(record.attributes)
  const name = attributes.text('event.name')
  if (name !== 'api_request' && name !== 'api_refusal') return undefined
  const names = namesOf(record, attributes, version)
  if (names === undefined) return undefined
  if (name === 'api_request') return { ...names, ...figuresOf(attributes, names), unfinished: false }
  // The server has let another model answer.
  if (attributes.text('server_fallback_hop') === 'true') return undefined
  return { ...names, outcome: REFUSED, input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0, unfinished: true }
}

function namesOf(record: LogRecord, attributes: Attributes, version: string | undefined): Names | undefined {
  const request_id = attributes.text('request_id')
  const key = request_id === undefined ? undefined : requestKey(request_id)
  const session_id = attributes.text('session.id')?.toLowerCase()
  const model = attributes.text('model')
  // The end of the answer: a transcript has that of its first part, which is never later.
  const at = firstInstant(record.timeUnixNano, record.observedTimeUnixNano)
  if (request_id === undefined || key === undefined || session_id === undefined || model === undefined || at === undefined) return undefined
  const agent_id = attributes.text('agent_id')
  return {
    key,
    at,
    model: withoutWindow(model),
    session_id,
    source: TELEMETRY,
    ...(version === undefined ? {} : { version }),
    ...(agent_id === undefined ? {} : { agent_id }),
    request_id,
    is_sidechain: attributes.text('query_source')?.startsWith('agent:') === true,
  }
}

function figuresOf(
  attributes: Attributes,
  { model, at }: Names,
): Pick<Call, 'input' | 'output' | 'write_5m' | 'write_1h' | 'read' | 'odd'> {
  const [input, output] = [attributes.count('input_tokens'), attributes.count('output_tokens')]
  const read = attributes.count('cache_read_tokens') ?? 0
  const writes = attributes.count('cache_creation_tokens') ?? 0
  const write_1h = attributes.count('cache_creation_1h_tokens')
  const reported = readReportedCost(defaultPriceTable(), {
    model,
    at: Date.parse(at),
    input: input ?? 0,
    output: output ?? 0,
    read,
    writes,
    write_1h: write_1h === undefined ? undefined : Math.min(write_1h, writes),
    askedFast: attributes.text('speed') === 'fast',
    maySearch: attributes.text('query_source') === 'web_search_tool',
    cost_usd: attributes.number('cost_usd'),
  })
  const odd = input === undefined || output === undefined
  return { input: input ?? 0, output: output ?? 0, read, ...reported, ...(odd ? { odd } : {}) }
}
