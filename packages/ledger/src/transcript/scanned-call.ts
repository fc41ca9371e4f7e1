import type { Call } from '@signalbox/contract/call'
import type { MeasuredAnswer } from './measured-answer.ts'

/**
 * A call read from a transcript, with its times in milliseconds since 1970. Missing names are explicit undefined, so that all
 * objects have the same shape.
 */
export type ScannedCall = Omit<Call, 'at' | 'as_of' | 'session_since'> & {
  readonly at: number
  readonly as_of?: number | undefined
  /** How much the answer holds, where that is measured, while a file is read. */
  answer?: MeasuredAnswer | undefined
  /** Whether the row says that another session made the call than the one it stands in, while a file is read. */
  readonly is_named?: boolean | undefined
}

/**
 * A call with its fields in the order in which scanners write them: the engine throws optimised code away when it meets objects of
 * another shape. A test holds the fields to the table of fields.
 */
export function shapedCall(call: ScannedCall): ScannedCall {
  return {
    key: call.key,
    at: call.at,
    model: call.model,
    session_id: call.session_id,
    cwd: call.cwd,
    git_branch: call.git_branch,
    agent: call.agent,
    speed: call.speed,
    service_tier: call.service_tier,
    inference_geo: call.inference_geo,
    outcome: call.outcome,
    source: call.source,
    version: call.version,
    agent_id: call.agent_id,
    request_id: call.request_id,
    is_sidechain: call.is_sidechain,
    input: call.input,
    output: call.output,
    write_5m: call.write_5m,
    write_1h: call.write_1h,
    read: call.read,
    web_searches: call.web_searches,
    prompt: call.prompt,
    unfinished: call.unfinished,
    odd: call.odd,
    as_of: call.as_of,
    answer: call.answer,
    is_named: call.is_named,
  } as ScannedCall
}
