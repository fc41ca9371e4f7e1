import { ApiClientError, type StateTrackingApiClient } from '@signalbox/client'
import type { Scope } from '@signalbox/contract/scope'
import type { z } from 'zod'
import { type Tool, type ToolContext, ToolError } from './tool.ts'

/** What a model receives for a call. */
export interface ToolResult {
  readonly text: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly isError: boolean
}

/** Who calls, besides what the tool itself is given. */
export interface Caller extends ToolContext {
  readonly scopes?: readonly Scope[] | undefined
  /** Receives what only a mistake of ours explains, for a log. */
  readonly onBug?: ((error: unknown) => void) | undefined
}

/** Whether a key may call a tool. Where its scopes are not known, the hub decides. */
export function mayCall(tool: Tool, scopes: readonly Scope[] | undefined): boolean {
  return scopes?.includes(tool.scope) ?? true
}

/**
 * Checks the arguments and the scope, and runs the tool. Everything that goes wrong is a result that the model can read and
 * act upon; only an aborted signal rejects.
 */
export async function callTool(tool: Tool, client: StateTrackingApiClient, args: unknown, context: Caller): Promise<ToolResult> {
  if (!mayCall(tool, context.scopes)) return failed(missingScope(tool, context.scopes!))
  const parsed = tool.input.safeParse(args ?? {})
  if (!parsed.success) return failed(describeInput(tool, parsed.error))
  try {
    return { ...(await tool.run(client, parsed.data, context)), isError: false }
  } catch (error) {
    context.signal?.throwIfAborted()
    if (!(error instanceof ToolError || error instanceof ApiClientError)) context.onBug?.(error)
    return failed(describeFailure(error))
  }
}

const failed = (text: string): ToolResult => ({ text, isError: true })

function missingScope({ name, scope }: Tool, scopes: readonly Scope[]): string {
  const has = scopes.length === 0 ? 'no scope' : `only ${scopes.join(', ')}`
  return (
    `${name} needs a key with the scope ${scope}, and the key of this connection has ${has}. ` +
    `Do not try again; a person can make another key with "signalbox keys create NAME --scopes read,write".`
  )
}

function describeInput({ name, input }: Tool, { issues }: z.ZodError): string {
  const problems = issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `there is no argument ${key}`)
    const path = issue.path.join('.')
    const message = issue.message.replace(/^Invalid (?:input|option|string): /, '')
    return `${path === '' ? 'the arguments' : path}${/^(?:is|must) /.test(message) ? ' ' : ': '}${message}`
  })
  return `${name}: ${problems.slice(0, 5).join('; ')}. Arguments: ${Object.keys(input.shape).join(', ') || 'none'}.`
}

function describeFailure(error: unknown): string {
  if (error instanceof ToolError) return sentences(error.message, error.suggestion)
  if (error instanceof ApiClientError) {
    const id = error.requestId === undefined ? undefined : `Request id: ${error.requestId}.`
    if (error.code === 'connection_error' || error.code === 'timeout') {
      return sentences(error.message, error.suggestion ?? 'The hub may be stopped; go on without it, and try again later.')
    }
    return sentences(error.message, error.suggestion, error.status !== undefined && error.status >= 500 ? id : undefined)
  }
  // A mistake of ours: its text may name files of the machine, which no model needs.
  return 'The tool failed inside Signalbox, which is a bug. Go on without it.'
}

function sentences(...texts: readonly (string | undefined)[]): string {
  return texts
    .filter((text) => text !== undefined && text !== '')
    .map((text) => (/[.!?]$/.test(text!) ? text : `${text}.`))
    .join(' ')
}
