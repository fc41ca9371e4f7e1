import fs from 'node:fs'
import { processExists } from '@signalbox/hub-address/process-start'
import { readRegularFile } from '@signalbox/hub-address/regular-file'
import { type DataFolder, moveDraft, removeObstacle, replaceFile } from './data-folder.ts'

/** The owner refreshes the file every few seconds; one that is older belongs to a process that hangs, or to another with its id. */
const STALE_AFTER_MS = 20_000
const MAX_BYTES = 1_000
/** How long the hooks may rely on a sender. */
const PROMISE_MS = 10_000

/** Sees to it that one process of several converts and sends, so that the order is kept. */
export class SenderLock {
  readonly #folder: DataFolder
  constructor(folder: DataFolder) {
    this.#folder = folder
  }

  /** The hub that the owner fails to reach; empty while it does not fail. */
  #read(): { readonly pid: number; readonly failing: string; readonly changed: number } | undefined {
    try {
      const { text, stats } = readRegularFile(this.#folder.lock, MAX_BYTES)
      const [pid, failing = ''] = text.split(' ', 2)
      return { pid: Number(pid), failing, changed: stats.mtimeMs }
    } catch {
      return undefined
    }
  }

  get isMine(): boolean {
    return this.#read()?.pid === process.pid
  }

  /**
   * Takes the lock if it is free, or if its owner is dead, hangs, or fails with another hub or key than ours. Two processes
   * that take it at the same moment send twice what the hub counts once.
   * @param target identifies our hub and key
   */
  take(target: string, now: number): boolean {
    const owner = this.#read()
    if (owner?.pid === process.pid) return true
    if (owner !== undefined) {
      const age = now - owner.changed
      const lives = processExists(owner.pid) && age < STALE_AFTER_MS && age > -STALE_AFTER_MS
      if (lives && (owner.failing === '' || owner.failing === target)) return false
      fs.rmSync(this.#folder.lock, { force: true })
    } else {
      removeObstacle(this.#folder.lock)
    }
    try {
      fs.writeFileSync(this.#folder.lock, `${process.pid}`, { flag: 'wx', mode: 0o600 })
      return true
    } catch {
      return false
    }
  }

  /** Says that we are alive, to other processes and to the hooks. @throws Error of the file system */
  refresh(failing: string | undefined, now: number): void {
    replaceFile(this.#folder.lock, failing === undefined ? `${process.pid}` : `${process.pid} ${failing}`)
    const promised = new Date(now + PROMISE_MS)
    const draft = `${this.#folder.sender}.${process.pid}.part`
    fs.writeFileSync(draft, `${process.pid}\n`, { mode: 0o600 })
    fs.utimesSync(draft, promised, promised)
    moveDraft(draft, this.#folder.sender)
  }

  /** Lets another process, or the next hook, begin at once. */
  release(): void {
    if (!this.isMine) return
    fs.rmSync(this.#folder.sender, { force: true })
    fs.rmSync(this.#folder.lock, { force: true })
  }
}
