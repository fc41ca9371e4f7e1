import { z } from 'zod'
import { type CallField, type CallFieldName, callFieldList, type callFields, MAX_TOKENS_PER_CALL } from './call-field.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/**
 * Claude Code is younger, and with an earlier clock no certificate is valid: an earlier instant is none of a call. Together with
 * `MAX_CALL_AHEAD_MS` this bounds the time that reports span.
 */
const years = /^20[2-9]\d-/
/** How far a call may be ahead of the hub's clock, in milliseconds: further ahead no certificate is valid. */
export const MAX_CALL_AHEAD_MS = 400 * 86_400_000

const tokens = z.int().min(0).max(MAX_TOKENS_PER_CALL)
const time = instant.regex(years, { error: 'must be in the years 2020 to 2099' })

interface SchemaOfKind {
  key: z.ZodString
  start: z.ZodType<string>
  name: z.ZodString
  id: z.ZodString
  tokens: z.ZodInt
  count: z.ZodInt
  mark: z.ZodBoolean
  flag: z.ZodBoolean
}
type SchemaOf<Field extends CallField> = Field extends { required: true }
  ? SchemaOfKind[Field['kind']]
  : z.ZodOptional<SchemaOfKind[Field['kind']]>
type Shape = { [Name in CallFieldName]: SchemaOf<(typeof callFields)[Name]> }

function schemaOf({ kind, max, required }: CallField): z.ZodType {
  switch (kind) {
    case 'key':
    case 'name':
    case 'id':
      return identifierSchema(max, required ? 1 : 0)
    case 'start':
      return time
    case 'tokens':
    case 'count':
      return tokens
    case 'mark':
    case 'flag':
      return z.boolean()
  }
}

const shape = Object.fromEntries(
  callFieldList.map(([name, field]) => [name, field.required ? schemaOf(field) : schemaOf(field).optional()]),
) as unknown as Shape

/**
 * One call of a model: numbers and names, never content. Its fields are those of `callFields`.
 * Token fields are numbers of tokens. A field that Claude Code did not write is absent.
 */
export const callSchema = z.strictObject(shape).meta({
  id: 'Call',
  examples: [
    {
      key: 'msg_01SpTQf3uYcYQn3hLFVnWqkE',
      at: '2026-10-06T09:11:58.204Z',
      model: 'claude-opus-5-5',
      session_id: '0b8f1d52-8a0e-4d53-9a54-6f6b0f3f1c11',
      cwd: '/home/dev/work',
      git_branch: 'main',
      version: '2.1.33',
      request_id: 'req_011CTu6Cg1vQmLeVVYw7WdNp',
      is_sidechain: false,
      input: 12,
      output: 842,
      write_5m: 0,
      write_1h: 3104,
      read: 91233,
      service_tier: 'standard',
    },
  ],
})

export type Call = z.infer<typeof callSchema>
