import { widthOf } from '../width.ts'
import { wrapText } from '../wrap-text.ts'

/** The narrowest column of explanations beside examples; below that they go under them. */
const MIN_NOTE_COLUMNS = 24
const GAP = 2
const INDENT = '  '

/**
 * The text below the options of a command, fitted to the terminal. Lines without indentation are paragraphs; indented ones are
 * command lines, which are never broken, each perhaps with an explanation after several spaces.
 */
export function fitHelpText(text: string, columns: number): string {
  const fitted: string[] = []
  let paragraph: string[] = []
  let examples: string[] = []
  const flush = () => {
    if (paragraph.length > 0) fitted.push(...wrapText(paragraph.join(' '), columns))
    if (examples.length > 0) fitted.push(...fitExamples(examples, columns))
    paragraph = []
    examples = []
  }
  for (const line of text.split('\n')) {
    if (line.startsWith(INDENT)) {
      if (paragraph.length > 0) flush()
      examples.push(line.trim())
    } else {
      if (line === '' || examples.length > 0) flush()
      if (line === '') fitted.push('')
      else paragraph.push(line)
    }
  }
  flush()
  return fitted.join('\n')
}

function fitExamples(lines: readonly string[], columns: number): string[] {
  const examples = lines.map((line) => {
    const [, command = line, note = ''] = /^(.*?\S)\s{2,}(\S.*)$/.exec(line) ?? []
    return { command, note }
  })
  const explained = examples.filter(({ note }) => note !== '')
  const margin = INDENT.length + Math.max(0, ...explained.map(({ command }) => widthOf(command))) + GAP
  const beside = columns - margin >= Math.min(MIN_NOTE_COLUMNS, Math.max(0, ...explained.map(({ note }) => widthOf(note))))
  return examples.flatMap(({ command, note }) => {
    if (note === '') return [INDENT + command]
    if (!beside) return [INDENT + command, ...wrapText(note, columns - 3 * INDENT.length).map((line) => INDENT.repeat(3) + line)]
    const [first, ...others] = wrapText(note, columns - margin)
    return [`${(INDENT + command).padEnd(margin)}${first}`, ...others.map((line) => ' '.repeat(margin) + line)]
  })
}
