/** What is looked for in a field: a text, a count of up to twelve digits, whether it is true, or an object's fields. */
export type FieldKind = 'text' | 'count' | 'true' | 'object'

/** Fields looked for in an object, by name: what, the place it is noted at, and what is looked for in it. */
export interface WantedFields {
  readonly [name: string]: readonly ['text' | 'count' | 'true', number] | readonly ['object', number, WantedFields]
}

/** Places of fields of the line itself. */
export const line = { type: 0, session: 1, cwd: 2, branch: 3, version: 4, agent: 5, sidechain: 6, data: 7 } as const

/** Places of fields of `data` in a progress record. */
export const data = { message: 8, agent: 9 } as const

/**
 * Places of what tells a call, from `holder.line` on where the line itself holds the message, and from `holder.progress`
 * on where `data.message` does.
 */
export const held = {
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
} as const
export const holder = { line: 10, progress: 29 } as const

function heldFields(base: number): WantedFields {
  return {
    timestamp: ['text', base + held.timestamp],
    requestId: ['text', base + held.request],
    uuid: ['text', base + held.uuid],
    message: [
      'object',
      base + held.message,
      {
        id: ['text', base + held.id],
        model: ['text', base + held.model],
        usage: [
          'object',
          base + held.usage,
          {
            input_tokens: ['count', base + held.input],
            output_tokens: ['count', base + held.output],
            cache_creation_input_tokens: ['count', base + held.flatWrite],
            cache_read_input_tokens: ['count', base + held.read],
            cache_creation: [
              'object',
              base + held.writes,
              {
                ephemeral_5m_input_tokens: ['count', base + held.write5m],
                ephemeral_1h_input_tokens: ['count', base + held.write1h],
              },
            ],
            server_tool_use: ['object', base + held.server, { web_search_requests: ['count', base + held.searches] }],
            speed: ['text', base + held.speed],
            service_tier: ['text', base + held.tier],
            inference_geo: ['text', base + held.geo],
          },
        ],
      },
    ],
  }
}

/** The fields of a line that `callOfRecord` reads. */
export const wantedFields: WantedFields = {
  type: ['text', line.type],
  sessionId: ['text', line.session],
  cwd: ['text', line.cwd],
  gitBranch: ['text', line.branch],
  version: ['text', line.version],
  agentId: ['text', line.agent],
  isSidechain: ['true', line.sidechain],
  ...heldFields(holder.line),
  data: ['object', line.data, { message: ['object', data.message, heldFields(holder.progress)], agentId: ['text', data.agent] }],
}
