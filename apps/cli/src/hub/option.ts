import { type Command, InvalidArgumentError, Option } from 'commander'

/** For every command that asks the hub. */
export function answerOptions(command: Command, what = 'it'): Command {
  return command
    .option('--json', `print ${what} for a program, as the hub answers`)
    .option('--verbose', 'tell the request id of what the hub refuses; its log has more under it')
}

export interface ListOptions {
  readonly limit?: number
  readonly all?: true
}

/** Rows of a list, where nobody says how many. */
const USUAL = 20

export function listOptions(command: Command): Command {
  command
    .addOption(new Option('--limit <number>', `how many at most (default: ${USUAL})`).argParser(wholeNumber(1, 1_000_000)).conflicts('all'))
    .option('--all', 'all of them')
  return answerOptions(command, 'them')
}

export function wantedRows({ limit, all }: ListOptions): number {
  return all ? Number.POSITIVE_INFINITY : (limit ?? USUAL)
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < min || number > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    }
    return number
  }
}

/** An option that may be given several times, or once with commas. */
export function anyOf<T extends string>(flags: string, about: string, names: readonly T[]): Option {
  return new Option(flags, `${about}: ${names.join(', ')}`).argParser((text: string, before: readonly T[] = []) => {
    const wanted = text.split(',').map((word) => {
      const name = names.find((name) => name === word.trim())
      if (name === undefined) throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.`)
      return name
    })
    return [...new Set([...before, ...wanted])]
  })
}

export function uuidOption(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidArgumentError('It must be a UUID.')
  return text
}
