import { InvalidArgumentError } from 'commander'

export function portOption(text: string): string {
  if (!/^\d+$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
  return text
}
