import type { Random } from '@signalbox/usage/random'

/** One record of a call, with the names that transcripts use. */
export interface RecordOfCall {
  readonly uuid: string
  readonly messageId: string | undefined
  readonly requestId: string | undefined
  readonly timestamp: string
  readonly model: string
  readonly session: string
  readonly cwd: string
  readonly branch: string
  readonly version: string
  readonly agent?: string | undefined
  readonly sidechain: boolean
  readonly input: number
  readonly output: number
  readonly write_5m: number
  readonly write_1h: number
  readonly read: number
  readonly webSearches?: number | undefined
  readonly speed?: string | undefined
  readonly tier?: string | undefined
  readonly geo?: string | undefined
  /** JSON of the message's content. */
  readonly content: string
}

export interface LineFormat {
  /** Position of the message among the fields: three orders that Claude Code has used, and a random one. */
  readonly order: 'classic' | 'type-first' | 'envelope-last' | 'shuffled'
  /** Form of the cache writes. */
  readonly cache: 'object' | 'flat' | 'null-object' | 'none'
  /** `{ "a": 1 }` instead of `{"a":1}`. */
  readonly spaced?: boolean
  /** Adds fields of later versions, and decoys that resemble the fields that count. */
  readonly strange?: boolean
}

type Parts = (readonly [key: string, json: string])[]

/** Writes the usual line of a call. */
export function assistantLine(random: Random, record: RecordOfCall, format: LineFormat): string {
  const before: Parts = [
    ['parentUuid', JSON.stringify(random.uuid())],
    ['isSidechain', String(record.sidechain)],
  ]
  const where: Parts = [
    ['userType', '"external"'],
    ['cwd', JSON.stringify(record.cwd)],
    ['sessionId', JSON.stringify(record.session)],
    ['version', JSON.stringify(record.version)],
    ['gitBranch', JSON.stringify(record.branch)],
  ]
  if (record.agent !== undefined) where.push(['agentId', JSON.stringify(record.agent)])
  const message: Parts = [['message', messageJson(random, record, format)]]
  if (record.requestId !== undefined) message.push(['requestId', JSON.stringify(record.requestId)])
  const what: Parts = [
    ['type', '"assistant"'],
    ['uuid', JSON.stringify(record.uuid)],
    ['timestamp', JSON.stringify(record.timestamp)],
  ]
  const strange: Parts = format.strange
    ? [
        ['usage', '{"input_tokens":987654,"output_tokens":987654}'],
        ['model', '"claude-from-the-envelope"'],
        ['requestID', '"req_not_this_one"'],
        ['attributes', '{"message":{"model":"x","usage":{"output_tokens":555555}},"type":"summary","later":[null,true,-1.5e3]}'],
      ]
    : []
  const orders: Record<LineFormat['order'], () => Parts> = {
    classic: () => [...before, ...where, ...strange, ...message, ...what],
    'type-first': () => [...before, ...where, ...what, ...message, ...strange],
    'envelope-last': () => [...strange, ...before, ...message, ...what, ...where],
    shuffled: () => random.shuffle([...before, ...where, ...message, ...what, ...strange]),
  }
  return objectOf(orders[format.order](), format.spaced)
}

/** Writes a call of a subagent as older versions did, into the session that started the agent. */
export function progressLine(random: Random, record: RecordOfCall, format: LineFormat, seenAt: string, prompt: string): string {
  const inner: Parts = [
    ['type', '"assistant"'],
    ['timestamp', JSON.stringify(record.timestamp)],
    ['message', messageJson(random, record, format)],
    ...(record.requestId === undefined ? [] : [['requestId', JSON.stringify(record.requestId)] as const]),
    ['uuid', JSON.stringify(record.uuid)],
  ]
  const data: Parts = [
    ['message', objectOf(format.order === 'shuffled' ? random.shuffle(inner) : inner, format.spaced)],
    ['normalizedMessages', '[]'],
    ['type', '"agent_progress"'],
    ['prompt', `"${prompt}"`],
    ['agentId', JSON.stringify(record.agent ?? random.hex(7))],
  ]
  const outer: Parts = [
    ['parentUuid', JSON.stringify(random.uuid())],
    ['isSidechain', 'false'],
    ['userType', '"external"'],
    ['cwd', JSON.stringify(record.cwd)],
    ['sessionId', JSON.stringify(record.session)],
    ['version', JSON.stringify(record.version)],
    ['gitBranch', JSON.stringify(record.branch)],
    ['type', '"progress"'],
    ['data', objectOf(format.order === 'shuffled' ? random.shuffle(data) : data, format.spaced)],
    ['toolUseID', JSON.stringify(`agent_msg_${random.id(24)}`)],
    ['parentToolUseID', JSON.stringify(`toolu_${random.id(24)}`)],
    // These belong to the progress line, not to the call.
    ['uuid', JSON.stringify(random.uuid())],
    ['timestamp', JSON.stringify(seenAt)],
  ]
  return objectOf(format.order === 'shuffled' ? random.shuffle(outer) : outer, format.spaced)
}

function messageJson(random: Random, record: RecordOfCall, format: LineFormat): string {
  const head: Parts = [['model', JSON.stringify(record.model)]]
  const id: Parts = [
    ...(record.messageId === undefined ? [] : [['id', JSON.stringify(record.messageId)] as const]),
    ['type', '"message"'],
    ['role', '"assistant"'],
  ]
  const rest: Parts = [
    ['content', record.content],
    ['stop_reason', 'null'],
    ['stop_sequence', 'null'],
    ['usage', usageJson(random, record, format)],
    ...(format.strange ? [['context_management', '{"usage":{"output_tokens":777777},"applied_edits":[]}'] as const] : []),
  ]
  const parts = format.order === 'classic' ? [...head, ...id, ...rest] : [...id, ...head, ...rest]
  return objectOf(format.order === 'shuffled' ? random.shuffle(parts) : parts, format.spaced)
}

function usageJson(random: Random, record: RecordOfCall, format: LineFormat): string {
  const parts: Parts = [['input_tokens', String(record.input)]]
  if (format.cache !== 'none') {
    parts.push(['cache_creation_input_tokens', String(record.write_5m + record.write_1h)], ['cache_read_input_tokens', String(record.read)])
  }
  if (format.cache === 'object') {
    parts.push([
      'cache_creation',
      objectOf(
        [
          ['ephemeral_5m_input_tokens', String(record.write_5m)],
          ['ephemeral_1h_input_tokens', String(record.write_1h)],
        ],
        format.spaced,
      ),
    ])
  }
  if (format.cache === 'null-object') parts.push(['cache_creation', 'null'])
  parts.push(['output_tokens', String(record.output)])
  if (record.webSearches !== undefined) {
    parts.push(['server_tool_use', `{"web_search_requests":${record.webSearches},"web_fetch_requests":${random.int(0, 3)}}`])
  }
  if (record.tier !== undefined) parts.push(['service_tier', JSON.stringify(record.tier)])
  if (record.geo !== undefined) parts.push(['inference_geo', JSON.stringify(record.geo)])
  if (record.speed !== undefined) parts.push(['speed', JSON.stringify(record.speed)])
  if (format.strange) {
    parts.push(
      ['iterations', `[{"input_tokens":${record.input},"output_tokens":444444,"cache_read_input_tokens":444444,"type":"message"}]`],
      ['output_tokens_details', '{"thinking_tokens":333333}'],
    )
  }
  return objectOf(format.order === 'shuffled' ? random.shuffle(parts) : parts, format.spaced)
}

/** Writes a JSON object with its fields in the given order. */
export function objectOf(parts: Parts, spaced = false): string {
  if (spaced) return `{ ${parts.map(([key, json]) => `"${key}" : ${json}`).join(', ')} }`
  let text = ''
  for (const [key, json] of parts) text += `${text === '' ? '{' : ','}"${key}":${json}`
  return `${text}}`
}
