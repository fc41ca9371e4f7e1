import * as vscode from 'vscode'
import { Tree } from './editor/tree.ts'
import type { EditorWindow } from './window.ts'

let loading: Promise<EditorWindow> | undefined

/** Registers what the editor asks for, and loads all the rest behind it: an extension must not delay the start of the others. */
export function activate(context: vscode.ExtensionContext): void {
  const machines = new Tree('stateTracking.machines', {
    roots: async () => (await load()).machineRows(),
    children: async (row) => (await load()).childrenOf(row),
  })
  const attention = new Tree('stateTracking.attention', {
    roots: async () => (await load()).attentionRows(),
    children: async (row) => (await load()).alertRowsOf(row),
  })
  const load = () => {
    loading ??= import('./window.ts').then(({ EditorWindow }) => new EditorWindow({ context, machines, attention }))
    return loading
  }
  const { commands } = (context.extension.packageJSON as Manifest).contributes
  context.subscriptions.push(
    machines,
    attention,
    ...commands.map(({ command }) =>
      vscode.commands.registerCommand(command, async (target?: { readonly session?: string; readonly alert?: string }) =>
        (await load()).run(command.slice('stateTracking.'.length), target),
      ),
    ),
    vscode.window.registerWebviewViewProvider('stateTracking.card', {
      resolveWebviewView: async (view) => (await (await load()).webviews()).resolveWebviewView(view),
    }),
    vscode.window.registerWebviewPanelSerializer('stateTracking.session', {
      deserializeWebviewPanel: async (panel, state: unknown) => (await (await load()).webviews()).restorePanel(panel, state),
    }),
  )
  setImmediate(() => void load().then((window) => window.start()))
}

export async function deactivate(): Promise<void> {
  await (await loading)?.stop()
}

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] }
}
