import { toName } from '@signalbox/contract/printable'
import type { LogRecord } from '@signalbox/contract/telemetry'

type AttributeList = LogRecord['attributes']
type Time = LogRecord['timeUnixNano']

/** Reads attributes by their names. Only those that are asked for are read: others may have texts that are not ours to keep. */
export class Attributes {
  readonly #list: NonNullable<AttributeList>

  constructor(list: AttributeList) {
    this.#list = list ?? []
  }

  /** The value as a name, cut to a length; undefined for an empty text, and for lists and maps. */
  text(name: string, maxLength = 200): string | undefined {
    const value = this.#list.find(({ key }) => key === name)?.value
    if (typeof value !== 'object' || value === null) return undefined
    const { stringValue, intValue, doubleValue, boolValue } = value as Record<string, unknown>
    const scalar = stringValue ?? intValue ?? doubleValue ?? boolValue
    if (scalar === undefined || scalar === null || typeof scalar === 'object') return undefined
    return toName(String(scalar), maxLength) || undefined
  }

  /** A number that is not negative; some versions send it as a text. */
  number(name: string): number | undefined {
    const value = Number(this.text(name) ?? Number.NaN)
    return Number.isFinite(value) && value >= 0 ? value : undefined
  }

  /** A count such as milliseconds. */
  count(name: string): number | undefined {
    const value = this.number(name)
    return value === undefined ? undefined : Math.round(value)
  }
}

/** Log records name a model without its window, some versions and all metrics with it, as in `claude-opus-4-8[1m]`. */
export function withoutWindow(model: string): string {
  return model.replace(/\[[^\]]*\]$/, '') || model
}

/** The first time that is known, as an instant; undefined when none is. */
export function firstInstant(...times: readonly Time[]): string | undefined {
  const time = times.find((one) => Number(one ?? 0) > 0)
  return time === undefined || time === null ? undefined : new Date(Number(BigInt(time) / 1_000_000n)).toISOString()
}
