import type { Collection, Document, FindCursor } from 'mongodb'
import type { Connection } from '../connection.ts'

/** Called before each command, with its number; the command is sent when it resolves. */
export type BeforeCommand = (command: number) => Promise<void>

/** A connection whose commands a test can hold or refuse, one by one: a hub that is slow, or has crashed. */
export class InterruptedConnection implements Pick<Connection, 'collection' | 'dialect' | 'read'> {
  readonly #connection: Connection
  readonly #before: BeforeCommand
  /** The number of commands so far. */
  commands = 0

  constructor(connection: Connection, before: BeforeCommand) {
    this.#connection = connection
    this.#before = before
  }

  get dialect() {
    return this.#connection.dialect
  }

  read<T>(work: () => Promise<T>): Promise<T> {
    return this.#connection.read(work)
  }

  collection<T extends Document>(name: string): Collection<T> {
    return this.#interrupted(this.#connection.collection<T>(name))
  }

  /** The documents of a cursor, whose first batch is one command. */
  async *#rows(cursor: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    await this.#before(++this.commands)
    yield* cursor
  }

  #interrupted<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name, object)
        if (typeof value !== 'function') return value
        if (name === Symbol.asyncIterator) return () => this.#rows(object as unknown as AsyncIterable<unknown>)
        const call = value.bind(object) as (...values: unknown[]) => unknown
        if (name === 'find') return (...values: unknown[]) => this.#interrupted(call(...values) as FindCursor)
        return async (...values: unknown[]) => {
          await this.#before(++this.commands)
          return call(...values)
        }
      },
    })
  }
}
