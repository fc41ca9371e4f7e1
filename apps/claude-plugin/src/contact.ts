import { type DataFolder, readJson, replaceFile } from './data-folder.ts'
import type { HubTarget } from './hub-target.ts'

/** The last attempt to reach the hub. */
export interface Contact {
  readonly url: string
  /** Where the address comes from, for people. */
  readonly from: string
  readonly machine: string
  /** Why it failed; absent when the hub took what was sent. */
  readonly problem?: string | undefined
  readonly at: number
}

/** Whether a hub answered, and refused what was sent; otherwise none could be reached. */
export function isRefusal(problem: string): boolean {
  return problem.startsWith('HTTP ')
}

/** How old what people see may be: writing it each time would cost more than sending. */
const REWRITE_AFTER_MS = 10_000

/** Notes contacts with the hub, each change at once. */
export class ContactNote {
  readonly #folder: DataFolder
  #last: Contact | undefined
  constructor(folder: DataFolder) {
    this.#folder = folder
  }

  write({ url, from, machineId }: HubTarget, problem: string | undefined, at: number): void {
    const last = this.#last
    if (last !== undefined && last.url === url && last.problem === problem && Math.abs(at - last.at) < REWRITE_AFTER_MS) return
    this.#last = { url, from, machine: machineId, problem, at }
    try {
      replaceFile(this.#folder.contact, JSON.stringify(this.#last))
    } catch {
      // A full disk must not stop the delivery.
    }
  }
}

export function readContact({ contact }: DataFolder): Contact | undefined {
  const content = readJson(contact)
  if (typeof content?.url !== 'string' || typeof content.at !== 'number') return undefined
  return content as unknown as Contact
}
