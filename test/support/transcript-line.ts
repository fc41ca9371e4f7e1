import type { Random } from '@signalbox/usage/random'

/** One record of a call, in the words of the transcript. */
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

export interface Look {
  /** Where the message stands among the fields; three orders Claude Code has used, and one nobody has yet. */
  readonly order: 'classic' | 'type-first' | 'envelope-last' | 'shuffled'
  /** How the cache writes are told. */
  readonly cache: 'object' | 'flat' | 'null-object' | 'none'
  /** `{ "a": 1 }` instead of `{"a":1}`. */
  readonly spaced?: boolean
  /** Fields of later versions, and fields that look like the ones that count and are not. */
  readonly strange?: boolean
}

type Parts = (readonly [key: string, json: string])[]

/** The usual line of a call. */
export function assistantLine(random: Random, record: RecordOfCall, look: Look): string {
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
  const message: Parts = [['message', messageJson(random, record, look)]]
  if (record.requestId !== undefined) message.push(['requestId', JSON.stringify(record.requestId)])
  const what: Parts = [
    ['type', '"assistant"'],
    ['uuid', JSON.stringify(record.uuid)],
    ['timestamp', JSON.stringify(record.timestamp)],
  ]
  const strange: Parts = look.strange
    ? [
        ['usage', '{"input_tokens":987654,"output_tokens":987654}'],
        ['model', '"claude-from-the-envelope"'],
        ['requestID', '"req_not_this_one"'],
        ['attributes', '{"message":{"model":"x","usage":{"output_tokens":555555}},"type":"summary","later":[null,true,-1.5e3]}'],
      ]
    : []
  const orders: Record<Look['order'], () => Parts> = {
    classic: () => [...before, ...where, ...strange, ...message, ...what],
    'type-first': () => [...before, ...where, ...what, ...message, ...strange],
    'envelope-last': () => [...strange, ...before, ...message, ...what, ...where],
    shuffled: () => random.shuffle([...before, ...where, ...message, ...what, ...strange]),
  }
  return objectOf(orders[look.order](), look.spaced)
}

/** A call of a subagent as older versions wrote it into the session that started the agent. */
export function progressLine(random: Random, record: RecordOfCall, look: Look, seenAt: string, prompt: string): string {
  const inner: Parts = [
    ['type', '"assistant"'],
    ['timestamp', JSON.stringify(record.timestamp)],
    ['message', messageJson(random, record, look)],
    ...(record.requestId === undefined ? [] : [['requestId', JSON.stringify(record.requestId)] as const]),
    ['uuid', JSON.stringify(record.uuid)],
  ]
  const data: Parts = [
    ['message', objectOf(look.order === 'shuffled' ? random.shuffle(inner) : inner, look.spaced)],
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
    ['data', objectOf(look.order === 'shuffled' ? random.shuffle(data) : data, look.spaced)],
    ['toolUseID', JSON.stringify(`agent_msg_${random.id(24)}`)],
    ['parentToolUseID', JSON.stringify(`toolu_${random.id(24)}`)],
    // Neither is the call's own: they say when the session heard of it.
    ['uuid', JSON.stringify(random.uuid())],
    ['timestamp', JSON.stringify(seenAt)],
  ]
  return objectOf(look.order === 'shuffled' ? random.shuffle(outer) : outer, look.spaced)
}

function messageJson(random: Random, record: RecordOfCall, look: Look): string {
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
    ['usage', usageJson(random, record, look)],
    ...(look.strange ? [['context_management', '{"usage":{"output_tokens":777777},"applied_edits":[]}'] as const] : []),
  ]
  const parts = look.order === 'classic' ? [...head, ...id, ...rest] : [...id, ...head, ...rest]
  return objectOf(look.order === 'shuffled' ? random.shuffle(parts) : parts, look.spaced)
}

function usageJson(random: Random, record: RecordOfCall, look: Look): string {
  const parts: Parts = [['input_tokens', String(record.input)]]
  if (look.cache !== 'none') {
    parts.push(['cache_creation_input_tokens', String(record.write_5m + record.write_1h)], ['cache_read_input_tokens', String(record.read)])
  }
  if (look.cache === 'object') {
    parts.push([
      'cache_creation',
      objectOf(
        [
          ['ephemeral_5m_input_tokens', String(record.write_5m)],
          ['ephemeral_1h_input_tokens', String(record.write_1h)],
        ],
        look.spaced,
      ),
    ])
  }
  if (look.cache === 'null-object') parts.push(['cache_creation', 'null'])
  parts.push(['output_tokens', String(record.output)])
  if (record.webSearches !== undefined) {
    parts.push(['server_tool_use', `{"web_search_requests":${record.webSearches},"web_fetch_requests":${random.int(0, 3)}}`])
  }
  if (record.tier !== undefined) parts.push(['service_tier', JSON.stringify(record.tier)])
  if (record.geo !== undefined) parts.push(['inference_geo', JSON.stringify(record.geo)])
  if (record.speed !== undefined) parts.push(['speed', JSON.stringify(record.speed)])
  if (look.strange) {
    parts.push(
      ['iterations', `[{"input_tokens":${record.input},"output_tokens":444444,"cache_read_input_tokens":444444,"type":"message"}]`],
      ['output_tokens_details', '{"thinking_tokens":333333}'],
    )
  }
  return objectOf(look.order === 'shuffled' ? random.shuffle(parts) : parts, look.spaced)
}

/** An object with its fields in the order given. */
export function objectOf(parts: Parts, spaced = false): string {
  if (spaced) return `{ ${parts.map(([key, json]) => `"${key}" : ${json}`).join(', ')} }`
  let text = ''
  for (const [key, json] of parts) text += `${text === '' ? '{' : ','}"${key}":${json}`
  return `${text}}`
}
