import {
  type AddHelpTextContext,
  type AddHelpTextPosition,
  Command,
  type CommandOptions,
  type ErrorOptions,
  type ExecutableCommandOptions,
  type Help,
  type HelpContext,
} from 'commander'
import { usageError } from '../failure.ts'
import { didYouMean } from '../nearest.ts'
import { CliHelp } from './cli-help.ts'
import { fitHelpText } from './help-text.ts'

type HelpText = string | ((context: AddHelpTextContext) => string | undefined)

/** A command whose help fits the terminal, and whose errors name what may have been meant. */
export class CliCommand extends Command {
  readonly #columns: () => number
  #defaultName: string | undefined

  /** @param columns the width of the terminal */
  constructor(name: string, columns: () => number) {
    super(name)
    this.#columns = columns
  }

  override createCommand(name: string): CliCommand {
    return new CliCommand(name, this.#columns)
  }

  override command(nameAndArguments: string, options?: CommandOptions): ReturnType<this['createCommand']>
  override command(nameAndArguments: string, description: string, options?: ExecutableCommandOptions): this
  override command(nameAndArguments: string, options?: CommandOptions | string): unknown {
    const command = super.command(nameAndArguments, options as CommandOptions)
    if (typeof options === 'object' && options.isDefault) this.#defaultName = command.name()
    return command
  }

  override createHelp(): Help {
    return new CliHelp(this.#defaultName)
  }

  override addHelpText(position: AddHelpTextPosition, text: HelpText): this {
    return super.addHelpText(position, (context) => {
      const shown = typeof text === 'string' ? text : text(context)
      return shown === undefined ? '' : fitHelpText(shown, this.#columns())
    })
  }

  /** The help of a command that is not there would be that of its parent, as if all were well. */
  override outputHelp(context?: HelpContext): void
  override outputHelp(change: (text: string) => string): void
  override outputHelp(context?: HelpContext | ((text: string) => string)): void {
    const [first, second] = this.args
    const word = first === 'help' ? second : first
    if (word !== undefined && !word.startsWith('-') && this.commands.length > 0 && this.registeredArguments.length === 0) {
      throw this.#unknownCommand(word)
    }
    super.outputHelp(context as HelpContext)
  }

  override error(message: string, { code }: ErrorOptions = {}): never {
    const parent = this.parent instanceof CliCommand ? this.parent : undefined
    const [word = ''] = this.args
    if (code === 'commander.unknownCommand') throw this.#unknownCommand(word)
    if (code === 'commander.excessArguments' && parent !== undefined && this.registeredArguments.length === 0) {
      const isDefault = parent.#defaultName === this.name() && parent.args[0] !== this.name()
      if (isDefault) throw parent.#unknownCommand(word)
    }
    // `collector statas`: a command that also runs alone has commands below it, and one of them was meant.
    if (code === 'commander.excessArguments' && this.registeredArguments.length === 0 && this.commands.length > 0)
      throw this.#unknownCommand(word)
    // The library puts what may have been meant on a line of its own, in brackets.
    const [text = '', meant] = message.replace(/^error: /, '').split(/\n\((Did you mean .*\?)\)$/s)
    const [sentence, hint] = code === 'commander.unknownOption' ? [text, this.#optionHint(text)] : [text, meant]
    throw usageError(`${sentence.replace(/[^.?]$/, '$&.')}${hint === undefined || hint === '' ? '' : ` ${hint.trim()}`}`, this.#helpHint())
  }

  #optionHint(text: string): string {
    const [, flag = ''] = /'(.*)'/s.exec(text) ?? []
    const flags = this.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => (long == null ? [] : [long]))
    return flag.startsWith('--') ? didYouMean(flag.split('=')[0]!, [...flags, '--help']) : ''
  }

  #unknownCommand(word: string): Error {
    const names = this.commands.flatMap((command) => [command.name(), ...command.aliases()])
    return usageError(`unknown command '${word}'.${didYouMean(word, names)}`, this.#helpHint('commands'))
  }

  #helpHint(what = 'options'): string {
    const names: string[] = []
    for (let command: Command | null = this; command !== null; command = command.parent) names.unshift(command.name())
    return `All ${what}: ${names.join(' ')} --help`
  }
}
