import type * as vscode from 'vscode'

/** The keys that were entered, in the editor's secret storage, each under the address of its hub. */
export class Keys {
  readonly #secrets: vscode.SecretStorage

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets
  }

  of = async (url: string): Promise<string | undefined> => (await this.#secrets.get(nameOf(url))) || undefined

  async set(url: string, key: string): Promise<void> {
    await (key === '' ? this.#secrets.delete(nameOf(url)) : this.#secrets.store(nameOf(url), key))
  }

  /** Also when another window has changed one. */
  onChange(run: () => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) run()
    })
  }
}

const PREFIX = 'stateTracking.key '

function nameOf(url: string): string {
  return `${PREFIX}${new URL(url).href.replace(/\/+$/, '')}`
}
