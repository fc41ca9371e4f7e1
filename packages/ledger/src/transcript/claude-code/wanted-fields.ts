/**
 * The kinds of wanted fields: a text, a count of up to twelve digits, whether it is true, whether it is an array with items, an
 * object with wanted fields, an array of such objects, or the length of a value in bytes, added up over them.
 */
export type FieldKind = 'text' | 'count' | 'true' | 'items' | 'object' | 'blocks' | 'length'

/** The wanted fields of an object by name, each with its kind, the slot for its value, and its own wanted fields. */
export interface WantedFields {
  readonly [name: string]:
    | readonly ['text' | 'count' | 'true' | 'items' | 'length', number]
    | readonly ['object' | 'blocks', number, WantedFields]
}

/** The slots of fields of the line itself. */
export const lineSlot = {
  type: 0,
  session: 1,
  cwd: 2,
  branch: 3,
  version: 4,
  agent: 5,
  sidechain: 6,
  data: 7,
  forked: 10,
  forkedSession: 11,
  requestSession: 12,
} as const

/** The slots of fields of `data` in a progress record. */
export const progressSlot = { message: 8, agent: 9 } as const

/**
 * The slots of the fields of a call, relative to `callBase.line` when the line itself has the message, and to
 * `callBase.progress` when `data.message` has it.
 */
export const callSlot = {
  timestamp: 0,
  request: 1,
  uuid: 2,
  message: 3,
  id: 4,
  model: 5,
  usage: 6,
  input: 7,
  output: 8,
  flatWrite: 9,
  read: 10,
  writes: 11,
  write5m: 12,
  write1h: 13,
  server: 14,
  searches: 15,
  speed: 16,
  tier: 17,
  geo: 18,
  stop: 19,
  iterations: 20,
  content: 21,
} as const
export const callBase = { line: 13, progress: 35 } as const

/** The slots of what content blocks hold. A line has one message, so both bases share them. */
export const blockSlot = { text: 57, input: 58, thinking: 59, signature: 60, data: 61 } as const

const blockFields: WantedFields = {
  text: ['length', blockSlot.text],
  input: ['length', blockSlot.input],
  thinking: ['length', blockSlot.thinking],
  signature: ['length', blockSlot.signature],
  data: ['length', blockSlot.data],
}

function callFields(base: number): WantedFields {
  return {
    timestamp: ['text', base + callSlot.timestamp],
    requestId: ['text', base + callSlot.request],
    uuid: ['text', base + callSlot.uuid],
    message: [
      'object',
      base + callSlot.message,
      {
        id: ['text', base + callSlot.id],
        model: ['text', base + callSlot.model],
        stop_reason: ['text', base + callSlot.stop],
        content: ['blocks', base + callSlot.content, blockFields],
        usage: [
          'object',
          base + callSlot.usage,
          {
            input_tokens: ['count', base + callSlot.input],
            output_tokens: ['count', base + callSlot.output],
            cache_creation_input_tokens: ['count', base + callSlot.flatWrite],
            cache_read_input_tokens: ['count', base + callSlot.read],
            cache_creation: [
              'object',
              base + callSlot.writes,
              {
                ephemeral_5m_input_tokens: ['count', base + callSlot.write5m],
                ephemeral_1h_input_tokens: ['count', base + callSlot.write1h],
              },
            ],
            server_tool_use: ['object', base + callSlot.server, { web_search_requests: ['count', base + callSlot.searches] }],
            speed: ['text', base + callSlot.speed],
            service_tier: ['text', base + callSlot.tier],
            inference_geo: ['text', base + callSlot.geo],
            iterations: ['items', base + callSlot.iterations],
          },
        ],
      },
    ],
  }
}

/** The fields of a line that `parseRecord` reads. */
export const wantedFields: WantedFields = {
  type: ['text', lineSlot.type],
  sessionId: ['text', lineSlot.session],
  cwd: ['text', lineSlot.cwd],
  gitBranch: ['text', lineSlot.branch],
  version: ['text', lineSlot.version],
  agentId: ['text', lineSlot.agent],
  isSidechain: ['true', lineSlot.sidechain],
  requestSessionId: ['text', lineSlot.requestSession],
  forkedFrom: ['object', lineSlot.forked, { sessionId: ['text', lineSlot.forkedSession] }],
  ...callFields(callBase.line),
  data: [
    'object',
    lineSlot.data,
    { message: ['object', progressSlot.message, callFields(callBase.progress)], agentId: ['text', progressSlot.agent] },
  ],
}
