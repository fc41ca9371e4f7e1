import { InvalidArgumentError } from 'commander'

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Parses `30s`, `10m`, `2h` or `1d` as seconds. */
export function durationOption(min: number, max: number, range: string): (text: string) => number {
  return (text) => {
    const [, count = '', unit = ''] = /^(\d{1,6})\s*([smhd])$/.exec(text.trim()) ?? []
    const value = Number(count) * (seconds[unit] ?? Number.NaN)
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It must be a time such as 10m or 2h, ${range}.`)
    return value
  }
}
