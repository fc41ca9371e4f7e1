import { parseDuration } from '@signalbox/client/alert-parameter'
import { InvalidArgumentError } from 'commander'

/** Parses `30s`, `10m`, `2h`, `1h 30m` or `1d` as seconds; a number alone is so many seconds. */
export function secondsOption(min: number, max: number, range = `from ${min} to ${max} seconds`): (text: string) => number {
  return (text) => {
    const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : parseDuration(text)
    const seconds = ms === undefined ? Number.NaN : ms / 1_000
    if (!(seconds >= min && seconds <= max)) throw new InvalidArgumentError(`It must be a time such as 90s, 10m or 2h, ${range}.`)
    return seconds
  }
}
