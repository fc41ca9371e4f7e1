import { styleText } from 'node:util'
import type { Io } from './io.ts'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** The output of a command, with its width and styles. */
export interface Terminal {
  /** Characters per line. */
  readonly columns: number
  readonly colour: boolean
  write(text: string): void
  style(style: Style, text: string): string
}

/** The width where none is known, as in a pipe. */
const DEFAULT_COLUMNS = 160

/** The terminal of stdout. Colour on a TTY or with FORCE_COLOR, never with NO_COLOR (https://no-color.org). */
export function createTerminal({ stdout, env }: Io): Terminal {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = env
  const forced = FORCE_COLOR !== '' && FORCE_COLOR !== '0'
  const colour = NO_COLOR === '' && (forced || (stdout.isTTY === true && TERM !== 'dumb'))
  return {
    columns: stdout.columns || Number(env.COLUMNS) || DEFAULT_COLUMNS,
    colour,
    write: (text) => void stdout.write(text),
    style: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
  }
}
