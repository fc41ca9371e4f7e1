/** Who used a machine up to an instant: the person whose plan account it had then. */
export interface MachineUser {
  readonly machine: string
  /** The name of the account, else its id. */
  readonly person: string
  /** When the machine has named this account last, in milliseconds since 1970. */
  readonly until: number
}

/** Who made a call. */
export interface PersonMap {
  /** The empty text for a machine that has never named an account. */
  readonly personOf: (machine: string, at: number) => string
  /** All of them, the one that was seen last first. */
  readonly people: readonly string[]
}

/**
 * A call is of the person whose account its machine named next. Calls after the last account that it named, as those of today,
 * are of that one.
 */
export function createPersonMap(users: readonly MachineUser[]): PersonMap {
  const byMachine = Map.groupBy(
    [...users].sort((a, b) => a.until - b.until || (a.person < b.person ? -1 : 1)),
    ({ machine }) => machine,
  )
  return {
    personOf(machine, at) {
      const own = byMachine.get(machine)
      return own === undefined ? '' : (own.find(({ until }) => at <= until) ?? own.at(-1)!).person
    },
    people: [...new Set([...users].sort((a, b) => b.until - a.until).map(({ person }) => person))],
  }
}
