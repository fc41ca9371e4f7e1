import { StateTrackingApiClient } from '@signalbox/client'
import * as vscode from 'vscode'
import { OwnSession } from '../own-session.ts'
import type { Tracker } from '../tracker.ts'
import type { WorkspaceFolder } from '../workspace.ts'

export interface WindowSessionOptions {
  readonly tracker: Tracker
  readonly folders: () => readonly WorkspaceFolder[]
  readonly isEnabled: () => boolean
}

/** Registers this window as a session while the settings say so. */
export class WindowSession {
  readonly #options: WindowSessionOptions
  #running: { readonly session: OwnSession; readonly place: string } | undefined

  constructor(options: WindowSessionOptions) {
    this.#options = options
  }

  update(): void {
    const { tracker, folders, isEnabled } = this.#options
    const [folder] = folders()
    const { hub } = tracker
    const wanted = isEnabled() && hub !== undefined && folder !== undefined
    const projectId = folder === undefined ? '' : folder.projectId === '' ? folder.path : folder.projectId
    const place = wanted ? JSON.stringify([hub.url, hub.key, projectId]) : ''
    if (place === (this.#running?.place ?? '')) return
    void this.stop()
    if (!wanted) return
    const client = new StateTrackingApiClient({
      baseUrl: hub.url,
      apiKey: hub.key,
      clock: tracker.clock,
      retry: { attempts: Number.POSITIVE_INFINITY, baseDelay: 1_000, maxDelay: 60_000 },
    })
    const session = new OwnSession({ client, projectId, machineId: hub.machineId, editor: vscode.env.appName })
    this.#running = { session, place }
    void session.start()
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.session.stop()
  }
}
