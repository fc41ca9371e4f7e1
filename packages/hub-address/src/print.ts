import { printableText } from '@signalbox/contract/printable'

/** Prints text and a line end, of which nothing can command the terminal: messages contain paths and names from elsewhere. */
export function print(text: string): void {
  process.stdout.write(printableText(`${text}\n`))
}

/** The same on stderr. */
export function printError(text: string): void {
  process.stderr.write(printableText(`${text}\n`))
}
