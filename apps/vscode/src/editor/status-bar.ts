import * as vscode from 'vscode'
import { type StatusInput, statusText } from '../status-text.ts'

/** The item of the status bar; a click leads to what there is to do. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('stateTracking.status', vscode.StatusBarAlignment.Right, 90)
  #shown = ''

  constructor() {
    this.#item.name = 'Signalbox'
  }

  show(input: StatusInput): void {
    const { text, tooltip, isWarning } = statusText(input)
    const next = JSON.stringify([text, tooltip, isWarning, input.status])
    if (next === this.#shown) return
    this.#shown = next
    if (text === '') {
      this.#item.hide()
      return
    }
    this.#item.text = text
    this.#item.tooltip = tooltip
    this.#item.accessibilityInformation = { label: `Signalbox: ${tooltip.replace(/\n/g, '. ')}` }
    this.#item.backgroundColor = isWarning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined
    this.#item.command =
      input.status === 'unconfigured'
        ? 'stateTracking.connect'
        : input.status === 'refused'
          ? 'stateTracking.setApiKey'
          : 'stateTracking.showPanel'
    this.#item.show()
  }

  dispose(): void {
    this.#item.dispose()
  }
}
