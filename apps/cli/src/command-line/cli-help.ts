import { type Argument, type Command, Help, type Option } from 'commander'
import { widthOf } from '../width.ts'
import { wrapText } from '../wrap-text.ts'

/** Terms longer than this have their explanation on the lines below, so that one long term does not narrow all. */
const MAX_TERM_COLUMNS = 32
const INDENT = 2
const GAP = 2

/** The help of a command, fitted to the terminal. */
export class CliHelp extends Help {
  readonly #defaultName: string | undefined

  /** @param defaultName the command that runs where none is named */
  constructor(defaultName: string | undefined) {
    super()
    this.#defaultName = defaultName
    this.minWidthToWrap = 20
  }

  override commandDescription(command: Command): string {
    const text = command.description()
    return text === '' ? '' : `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
  }

  /** Without `[options]`: every command has some. */
  override subcommandTerm(command: Command): string {
    return super.subcommandTerm(command).replace(' [options]', '')
  }

  override subcommandDescription(command: Command): string {
    return `${command.summary() || command.description()}${command.name() === this.#defaultName ? ' (default)' : ''}`
  }

  override optionDescription(option: Option): string {
    return withDefault(option.description, option.defaultValue)
  }

  override argumentDescription(argument: Argument): string {
    return withDefault(argument.description, argument.defaultValue)
  }

  override formatItem(term: string, termWidth: number, description: string): string {
    const columns = this.helpWidth ?? 80
    const width = Math.min(termWidth, MAX_TERM_COLUMNS, Math.floor(columns * 0.4))
    const margin = INDENT + width + GAP
    const lines = description === '' ? [] : wrapText(description, Math.max(20, columns - margin))
    const head = ' '.repeat(INDENT) + term
    const beside = widthOf(term) <= width
    const first = beside && lines.length > 0 ? `${head.padEnd(margin)}${lines[0]}` : head
    return [first, ...lines.slice(beside ? 1 : 0).map((line) => ' '.repeat(margin) + line)].join('\n')
  }
}

function withDefault(description: string, value: unknown): string {
  return value === undefined || value === false ? description : `${description} (default: ${value})`
}
