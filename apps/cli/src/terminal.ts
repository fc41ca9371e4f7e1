import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Where a command writes, and what can be shown there. */
export interface Terminal {
  /** Characters in a line. */
  readonly columns: number
  readonly colour: boolean
  write(text: string): void
  style(style: Style, text: string): string
}

/** Where nothing says how wide it is: wide enough for nearly all, and still a table to read. */
const IN_A_PIPE = 160

/** A stream as a terminal. Colour only where somebody looks, never with NO_COLOR (https://no-color.org). */
export function terminalOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = env
  const forced = FORCE_COLOR !== '' && FORCE_COLOR !== '0'
  const colour = NO_COLOR === '' && (forced || (stream.isTTY === true && TERM !== 'dumb'))
  return {
    columns: stream.columns || Number(env.COLUMNS) || IN_A_PIPE,
    colour,
    write: (text) => void stream.write(text),
    style: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
  }
}
