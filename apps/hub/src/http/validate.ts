import type { ApiErrorCode } from '@signalbox/contract/error'
import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { HubError } from '../hub-error.ts'

/** The most problems in one answer: more than a person reads, and enough for a client to set rejected calls aside. */
const MAX_PROBLEMS = 100

interface CompiledSchema {
  readonly schema: z.ZodType
  /** Whether it accepts that nothing was sent. */
  readonly isOptional: boolean
}

/** Compiled schemas of this process. Compiling those of all routes takes longer than everything else at the start of a hub. */
const compiled = new WeakMap<z.ZodType, CompiledSchema>()

/** A schema that is compiled when it is used first: with those of all routes that would take most of the start of a hub. */
export function whenUsed<T>(schema: z.ZodType<T>): Pick<z.ZodType<T>, 'safeParse'> {
  return { safeParse: ((value: unknown) => compile(schema).schema.safeParse(value)) as z.ZodType<T>['safeParse'] }
}

function compile(schema: z.ZodType): CompiledSchema {
  let found = compiled.get(schema)
  if (found === undefined) {
    found = { schema: z.compile(schema), isOptional: schema.safeParse(undefined).success }
    compiled.set(schema, found)
  }
  return found
}

/** Checks input by its compiled schema; only refused input is described. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (sent: unknown) => {
    const { schema: checked, isOptional } = compile(schema)
    // Fastify passes null where there is no body. One that could be empty need not be sent, and another is missed by the name
    // of a field.
    const value = sent !== null || httpPart !== 'body' ? sent : isOptional ? undefined : {}
    const result = checked.safeParse(value)
    return result.success ? { value: result.data } : { error: validationError(result.error, value, httpPart ?? 'body') }
  }
}

function validationError(error: z.ZodError, value: unknown, part: string): HubError {
  const problems = error.issues.flatMap((issue) => describeIssue(issue, value, part)).slice(0, MAX_PROBLEMS)
  const [first] = problems
  return new HubError('validation_error', first!.message, {
    apiCode: first!.apiCode,
    suggestion: first!.suggestion ?? 'Correct the field the message names and send the request again.',
    details: {
      field: first!.field,
      problems: problems.map(({ field, message }) => ({ field, message })),
    },
  })
}

interface Problem {
  readonly field: string
  readonly message: string
  readonly apiCode: ApiErrorCode
  readonly suggestion?: string
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown, part: string): Problem[] {
  const field = formatPath(issue.path) || partNames[part] || part
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const named = formatPath([...issue.path, key])
      return {
        field: named,
        message: part === 'querystring' ? `The query parameter ${named} is unknown` : `The property ${named} is unknown`,
        apiCode: 'VALIDATION_INVALID_TYPE',
        suggestion: `Leave ${named} out; GET /api/docs shows the known ones.`,
      }
    })
  }
  if (valueAt(value, issue.path) === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
    return [{ field, message: `${field} is missing`, apiCode: 'VALIDATION_MISSING_FIELD', suggestion: `Send ${field} as well.` }]
  }
  if (issue.code === 'custom' && issue.params?.missing === true) {
    return [{ field, message: `${field} ${issue.message}`, apiCode: 'VALIDATION_MISSING_FIELD', suggestion: `Send ${field} as well.` }]
  }
  const apiCode =
    issue.code === 'too_big' || issue.code === 'too_small' || issue.code === 'invalid_value'
      ? 'VALIDATION_OUT_OF_RANGE'
      : 'VALIDATION_INVALID_TYPE'
  // Zod writes "Invalid input: expected number, received string". The value is never repeated: it may be a key.
  const text = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  const reason = text.replace(/^Invalid (?:input|option|string): /, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
  // Messages of our own schemas continue a sentence: "is not a time zone", "must be in the years …".
  return [{ field, message: /^(?:is|must) /.test(reason) ? `${field} ${reason}` : `${field}: ${reason}`, apiCode }]
}

const partNames: Record<string, string> = { body: 'the body', querystring: 'the query', params: 'the path', headers: 'the headers' }

/** `calls[3].output` */
function formatPath(path: readonly PropertyKey[]): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('')
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key]
  return at
}
