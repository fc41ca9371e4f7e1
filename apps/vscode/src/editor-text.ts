import { printable } from '@signalbox/contract/printable'

/**
 * Text of others for a notification or a prompt. The editor makes a link of `[text](command:…)` there, and a click on it runs any
 * command: a session would only have to ask about such a line.
 */
export function messageText(text: string): string {
  return printable(text).replace(/\](?=\()/g, '] ')
}

/** Text of others for a row of a list or the status bar, where the editor makes an icon of `$(check)`. */
export function labelText(text: string): string {
  return printable(text).replace(/\$(?=\()/g, '\\$')
}
