import * as vscode from 'vscode'
import type { TreeRow } from '../tree-model.ts'

export interface TreeSource {
  readonly roots: () => TreeRow[] | Promise<TreeRow[]>
  readonly children: (row: TreeRow) => TreeRow[] | Promise<TreeRow[]>
}

const collapsible = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
}

/** A tree of the editor over rows. */
export class Tree implements vscode.TreeDataProvider<TreeRow>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #source: TreeSource
  readonly view: vscode.TreeView<TreeRow>
  #badge = ''
  #description = ''

  constructor(id: string, source: TreeSource) {
    this.#source = source
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: id.endsWith('machines') })
  }

  /** A hidden tree reads its rows when it is shown. */
  refresh(): void {
    if (this.view.visible) this.#changed.fire(undefined)
  }

  setBadge(badge: vscode.ViewBadge | undefined): void {
    const next = JSON.stringify(badge ?? '')
    if (next !== this.#badge) this.view.badge = badge
    this.#badge = next
  }

  setDescription(description: string): void {
    if (description !== this.#description) this.view.description = description
    this.#description = description
  }

  getChildren(row?: TreeRow): TreeRow[] | Promise<TreeRow[]> {
    return row === undefined ? this.#source.roots() : this.#source.children(row)
  }

  getTreeItem(row: TreeRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label, collapsible[row.children])
    item.id = row.id
    item.description = row.description
    item.tooltip = row.tooltip
    item.contextValue = row.context
    item.iconPath = new vscode.ThemeIcon(row.icon, row.color === undefined ? undefined : new vscode.ThemeColor(row.color))
    item.accessibilityInformation = { label: `${row.label}, ${row.description}` }
    if (row.alert !== undefined) item.command = { command: 'stateTracking.openAlert', title: 'Open Alert', arguments: [row] }
    else if (row.context.startsWith('session') && row.session !== undefined)
      item.command = { command: 'stateTracking.showSessionInfo', title: 'Show Session', arguments: [row] }
    return item
  }

  dispose(): void {
    this.view.dispose()
    this.#changed.dispose()
  }
}
