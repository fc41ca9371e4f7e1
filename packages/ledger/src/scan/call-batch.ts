import type { ScannedCall } from './scanned-call.ts'

/** The fields that many calls share. */
export type CallLabel = Pick<
  ScannedCall,
  'model' | 'session_id' | 'cwd' | 'git_branch' | 'version' | 'agent_id' | 'is_sidechain' | 'speed' | 'service_tier' | 'inference_geo'
>

/** Calls with unique keys in columns: compact, and fast to transfer between threads. */
export interface CallBatch {
  readonly keys: readonly string[]
  readonly labels: readonly CallLabel[]
  /** `COLUMNS` numbers per call, in the order of `column`. */
  readonly numbers: Float64Array<ArrayBuffer>
}

/** The indexes in a call's row of numbers. `at` is in milliseconds, `label` is an index, `web_searches` is -1 when absent. */
export const column = { at: 0, label: 1, input: 2, output: 3, write_5m: 4, write_1h: 5, read: 6, web_searches: 7 } as const
export const COLUMNS = 8

export function packCalls(calls: ReadonlyMap<string, ScannedCall>): CallBatch {
  const keys = new Array<string>(calls.size)
  const labels: CallLabel[] = []
  const indexes = new Map<string, number>()
  const numbers = new Float64Array(calls.size * COLUMNS)
  let label = -1
  let row = 0
  for (const call of calls.values()) {
    // Most calls of a file have the same label as the one before.
    if (label === -1 || !matchesLabel(call, labels[label]!)) label = indexOfLabel(call, labels, indexes)
    packNumbers(call, label, numbers, row * COLUMNS)
    keys[row++] = call.key
  }
  return { keys, labels, numbers }
}

/**
 * Copies a batch from another thread into an object of the same shape as local ones. With two shapes, the engine would
 * discard optimised code again and again.
 */
export function adoptBatch({ keys, labels, numbers }: CallBatch): CallBatch {
  return { keys, labels, numbers }
}

function packNumbers(call: ScannedCall, label: number, numbers: Float64Array, row: number): void {
  numbers[row + column.at] = call.at
  numbers[row + column.label] = label
  numbers[row + column.input] = call.input
  numbers[row + column.output] = call.output
  numbers[row + column.write_5m] = call.write_5m
  numbers[row + column.write_1h] = call.write_1h
  numbers[row + column.read] = call.read
  numbers[row + column.web_searches] = call.web_searches ?? -1
}

function indexOfLabel(call: ScannedCall, labels: CallLabel[], indexes: Map<string, number>): number {
  const { model, session_id, cwd, git_branch, version, agent_id, is_sidechain, speed, service_tier, inference_geo } = call
  const text = JSON.stringify([model, session_id, cwd, git_branch, version, agent_id, is_sidechain, speed, service_tier, inference_geo])
  let index = indexes.get(text)
  if (index === undefined) {
    index = labels.length
    indexes.set(text, index)
    const label = { model, session_id, cwd, git_branch, version, agent_id, is_sidechain, speed, service_tier, inference_geo }
    labels.push(label as CallLabel)
  }
  return index
}

/** Whether the call has exactly this label. */
export function matchesLabel(call: ScannedCall, label: CallLabel): boolean {
  return (
    call.session_id === label.session_id &&
    call.model === label.model &&
    call.agent_id === label.agent_id &&
    call.cwd === label.cwd &&
    call.git_branch === label.git_branch &&
    call.version === label.version &&
    call.is_sidechain === label.is_sidechain &&
    call.speed === label.speed &&
    call.service_tier === label.service_tier &&
    call.inference_geo === label.inference_geo
  )
}

export function unpackCall({ keys, labels, numbers }: CallBatch, index: number): ScannedCall {
  const row = index * COLUMNS
  const searches = numbers[row + column.web_searches]!
  return {
    key: keys[index]!,
    at: numbers[row + column.at]!,
    ...labels[numbers[row + column.label]!]!,
    input: numbers[row + column.input]!,
    output: numbers[row + column.output]!,
    write_5m: numbers[row + column.write_5m]!,
    write_1h: numbers[row + column.write_1h]!,
    read: numbers[row + column.read]!,
    web_searches: searches === -1 ? undefined : searches,
  } as ScannedCall
}
