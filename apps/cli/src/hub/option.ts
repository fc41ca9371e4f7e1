import { type Command, InvalidArgumentError, Option } from 'commander'
import { didYouMean } from '../nearest.ts'

/** Adds the options of every command that calls the hub. */
export function answerOptions(command: Command, what = 'the result', form = 'as JSON'): Command {
  return command
    .option('--json', `print ${what} ${form}`)
    .option('--verbose', "print the request id with an error, to look up in the hub's log")
}

export interface ListOptions {
  readonly limit?: number
  readonly all?: true
}

const DEFAULT_ROWS = 20

export function listOptions(command: Command): Command {
  command
    .addOption(
      new Option('--limit <number>', `the maximum number of rows (default: ${DEFAULT_ROWS})`)
        .argParser(wholeNumber(1, 1_000_000))
        .conflicts('all'),
    )
    .option('--all', 'all rows')
  return answerOptions(command, 'the rows')
}

export function rowLimit({ limit, all }: ListOptions): number {
  return all ? Number.POSITIVE_INFINITY : (limit ?? DEFAULT_ROWS)
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

/** An option that can be repeated, or take a list separated by commas. */
export function anyOf<T extends string>(flags: string, about: string, names: readonly T[]): Option {
  return new Option(flags, `${about}: ${names.join(', ')}`).argParser((text: string, before: readonly T[] = []) => {
    const values = text.split(',').map((word) => nameIn(names, word.trim()))
    return [...new Set([...before, ...values])]
  })
}

/** An option that takes one of these names. */
export function oneOf<T extends string>(flags: string, about: string, names: readonly T[]): Option {
  return new Option(flags, `${about}: ${names.join(', ')}`).argParser((text: string) => nameIn(names, text.trim()))
}

/** @throws InvalidArgumentError that names what may have been meant */
export function nameIn<T extends string>(names: readonly T[], word: string): T {
  const name = names.find((name) => name === word)
  if (name === undefined) throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.${didYouMean(word, names)}`)
  return name
}

export function uuidOption(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidArgumentError('It must be a UUID.')
  return text
}

/** The address of a hub, without a slash at its end. */
export function urlOption(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError('It must be an http or https address such as https://hub.example.')
  }
  return url.href.replace(/\/+$/, '')
}

export interface AttemptOptions {
  /** The attempt of the session that a change is for. */
  readonly attempt?: number | undefined
}

/** Fences a script off that goes on after its session was recovered elsewhere. */
export const attemptOption = [
  '--attempt <number>',
  'the attempt of the session that this is for; refused if it was recovered since',
  wholeNumber(1, 1_000),
] as const

/** The attempt as a field of a request. */
export function attemptField({ attempt }: AttemptOptions): AttemptOptions {
  return attempt === undefined ? {} : { attempt }
}
