const vscode = require('vscode')
// The folder that `npm run build:client` writes. In an extension of your own, install or copy it.
const { StateTrackingApiClient } = require('../../dist/client')
const { followSessions } = require('./fleet.cjs')

/** @param {import('vscode').ExtensionContext} context */
async function activate(context) {
  const url = vscode.workspace.getConfiguration('signalboxExample').get('url')
  // A key never belongs into the settings, which are synchronised and committed.
  const apiKey = (await context.secrets.get('signalbox')) || process.env.SIGNALBOX_API_KEY
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey })
  const closing = new AbortController()
  const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Right)
  item.command = 'signalboxExample.recover'
  item.show()
  let failed = []

  followSessions(client, {
    signal: closing.signal,
    onChange(state) {
      failed = state.failed
      item.text = `$(pulse) ${state.running}${failed.length === 0 ? '' : ` $(error) ${failed.length}`}`
    },
  }).catch((error) => {
    // Only what no retry can mend: the key is refused, or this is no hub.
    item.text = '$(key) Signalbox'
    item.tooltip = error.message
  })

  context.subscriptions.push(
    item,
    { dispose: () => closing.abort() },
    vscode.commands.registerCommand('signalboxExample.recover', async () => {
      const id = await vscode.window.showQuickPick(failed, { placeHolder: 'Which session?' })
      if (id !== undefined) await client.recoverSession(id)
    }),
  )
}

module.exports = { activate }
