import type { AlertRecord, ChannelRecord } from '../store/alert.ts'

/** What a reader of a message can do about its alert, besides opening and acknowledging it. */
export interface MessageAction {
  /** Words of a button: `Answer`. */
  readonly label: string
  /** Below the address of the hub, with a slash at its begin. */
  readonly path: string
}

/**
 * Finds what can be done about an alert; undefined where nothing can. The path leads to a page for which one has to sign in, unless
 * the channel has `action_links`: then it is a link that works once, for anyone who reads the message.
 */
export type FindAction = (alert: AlertRecord, channel: ChannelRecord) => Promise<MessageAction | undefined>

/** By whom the audit log says that something was done with a link of a message. */
export function keyNameOf({ name }: Pick<ChannelRecord, 'name'>): string {
  return `a link in ${name}`.slice(0, 100)
}

/** What the parts of the hub offer, the first that fits. */
export class MessageActions {
  readonly #finders: FindAction[] = []

  add(find: FindAction): void {
    this.#finders.push(find)
  }

  readonly find: FindAction = async (alert, channel) => {
    for (const find of this.#finders) {
      const found = await find(alert, channel)
      if (found !== undefined) return found
    }
    return undefined
  }
}
