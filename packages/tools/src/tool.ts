import type { StateTrackingApiClient } from '@signalbox/client'
import type { Scope } from '@signalbox/contract/scope'
import type { WeekStart } from '@signalbox/usage/zone'
import type { z } from 'zod'

/** What a tool knows besides its arguments. */
export interface ToolContext {
  /** Milliseconds since 1970, by the clock of the hub where it is known. */
  readonly now: number
  /** The IANA zone in which days begin. */
  readonly timezone: string
  readonly weekStart: WeekStart
  /** The session of Claude Code that calls, where it is known. */
  readonly sessionId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ToolAnswer {
  /** A few short lines that are enough by themselves. */
  readonly text: string
  /** The same with more detail, as compact JSON. */
  readonly data: Readonly<Record<string, unknown>>
}

/** One tool: what a model reads about it, what it needs, and what it does. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  /** `noun_verb`; never renamed, because people allow tools by name. */
  readonly name: string
  readonly title: string
  /** For a model: when to use it, what it returns, in which units. */
  readonly description: string
  readonly input: Input
  /** The scope that the key of the caller needs. */
  readonly scope: Extract<Scope, 'read' | 'write'>
  run(client: StateTrackingApiClient, input: z.output<Input>, context: ToolContext): Promise<ToolAnswer>
}

/** Types the input of a tool by its schema, and then forgets it, so that tools of different inputs stand in one list. */
export function defineTool<const Input extends z.ZodObject>(tool: Tool<Input>): Tool {
  return tool as unknown as Tool
}

/** A call that cannot be carried out as it was sent; both texts are for the model. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
  readonly suggestion: string

  constructor(message: string, suggestion: string) {
    super(message)
    this.suggestion = suggestion
  }
}
