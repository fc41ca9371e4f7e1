import * as vscode from 'vscode'
import type { WorkspaceFolder } from '../workspace.ts'

const SECTION = 'stateTracking'

export interface Settings {
  readonly enabled: boolean
  readonly apiUrl: string
  readonly notifications: boolean
  readonly registerSession: boolean
}

export function readSettings(): Settings {
  const all = vscode.workspace.getConfiguration(SECTION)
  return {
    enabled: all.get('enabled', true),
    apiUrl: all.get('apiUrl', ''),
    notifications: all.get('notifications', true),
    registerSession: all.get('registerSession', false),
  }
}

/** The folders of this window that are on a disk, each with its project. */
export function readFolders(): WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file' || uri.scheme === 'vscode-remote')
    .map(({ uri, name }) => ({
      path: uri.fsPath,
      name,
      projectId: vscode.workspace.getConfiguration(SECTION, uri).get('projectId', '').trim(),
    }))
}

/** Of this user on this machine, so that every window and folder has it. */
export async function setApiUrl(url: string): Promise<void> {
  const all = vscode.workspace.getConfiguration(SECTION)
  const { workspaceValue, workspaceFolderValue } = all.inspect('apiUrl') ?? {}
  await all.update('apiUrl', url, vscode.ConfigurationTarget.Global)
  // What a folder says goes before.
  if (workspaceValue !== undefined) await all.update('apiUrl', undefined, vscode.ConfigurationTarget.Workspace)
  if (workspaceFolderValue !== undefined) await all.update('apiUrl', undefined, vscode.ConfigurationTarget.WorkspaceFolder)
}

export function onSettings(run: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(SECTION)) run()
  })
}
