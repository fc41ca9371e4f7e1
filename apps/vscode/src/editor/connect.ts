import os from 'node:os'
import { StateTrackingApiClient } from '@signalbox/client'
import { isSameAddress } from '@signalbox/hub-address/http-address'
import * as vscode from 'vscode'
import { labelText, messageText } from '../editor-text.ts'
import { readPastedLine } from '../pasted-line.ts'
import type { Tracker } from '../tracker.ts'
import { addressOf } from '../webview-hub.ts'
import type { Keys } from './keys.ts'
import { setApiUrl } from './settings.ts'

interface ConnectOptions {
  readonly tracker: Tracker
  readonly keys: Keys
}

/** Follows the hub that every command finds, or the one of a pasted line. */
export async function connectToHub({ tracker, keys }: ConnectOptions): Promise<void> {
  await tracker.connect()
  const { hub, status } = tracker
  const isKnown = hub !== undefined && (hub.isGiven || status === 'live')
  const text = await vscode.window.showInputBox({
    title: 'Connect to a hub',
    prompt: isKnown
      ? messageText(
          `Now: ${hub.url}, ${hub.from}. Paste the line of "signalbox machines invite", or an address with a key, for another one.`,
        )
      : 'Paste the line of "signalbox machines invite", or the address of a hub, with a key behind it.',
    placeHolder: 'npx signalbox connect https://hub.example K7QX-2MPD',
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === '' || readPastedLine(value) !== undefined ? undefined : 'That has no address of a hub, such as https://hub.example',
  })
  if (text === undefined || text.trim() === '') return
  const line = readPastedLine(text)
  if (line === undefined) return
  const url = line.url ?? hub?.url
  if (url === undefined) throw new Error('The address of the hub is missing.')
  const key =
    line.kind === 'invite' ? await redeem(url, line.code, hub?.machineId ?? os.hostname()) : line.kind === 'key' ? line.key : undefined
  // For an address alone: the key that was entered for it, else that of the commands.
  const known = hub !== undefined && isSameAddress(hub.url, url) ? hub.key : undefined
  await requireHub(url, key ?? (await keys.of(url)) ?? known)
  if (key !== undefined) await keys.set(url, key)
  await setApiUrl(url)
  await tracker.connect()
  void vscode.window.setStatusBarMessage(`$(check) Connected to ${labelText(url)}`, 5_000)
}

export async function setApiKey({ tracker, keys }: ConnectOptions): Promise<void> {
  await tracker.connect()
  const url = tracker.hub?.url
  if (url === undefined) throw new Error(tracker.problem ?? 'No hub is connected.')
  const key = await vscode.window.showInputBox({
    title: `API key for ${url}`,
    prompt: 'Settings of the page and `signalbox keys create` make one. It is kept in the secret storage of the editor; empty removes it.',
    placeHolder: 'sbx_…',
    password: true,
    ignoreFocusOut: true,
  })
  if (key === undefined) return
  if (key.trim() !== '') await requireHub(url, key.trim())
  await keys.set(url, key.trim())
  await tracker.connect()
}

/** Opens the page in a browser, signed in. In a remote window the address is forwarded to this machine. */
export async function openDashboard({ hub, client }: Tracker, path: string): Promise<void> {
  if (hub === undefined || client === undefined) return void (await vscode.commands.executeCommand('stateTracking.connect'))
  const link = hub.key === undefined || path !== '/app' ? undefined : await client.createSignInLink().catch(() => undefined)
  const address = addressOf(hub.url, link?.path ?? path)
  if (address === undefined) return
  await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(address, true)))
}

async function redeem(url: string, code: string, machineId: string): Promise<string> {
  return (await new StateTrackingApiClient({ baseUrl: url, retry: false }).redeemInvite({ code, machine_id: machineId })).key
}

/** @throws ApiClientError when it is no hub, or refuses the key */
async function requireHub(url: string, key: string | undefined): Promise<void> {
  await new StateTrackingApiClient({ baseUrl: url, apiKey: key, retry: false }).whoAmI()
}
