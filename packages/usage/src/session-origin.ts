import type { Slice } from './slice.ts'

interface Origin {
  project: string
  /** When the first call with this project was, and that with this branch; milliseconds since 1970. */
  projectAt: number
  branch: string
  branchAt: number
  machine: string
  machineAt: number
}

/** Where sessions began: the project and the machine of the first call of each, and the first branch; empty where no call has one. */
export class SessionOrigins {
  readonly #origins = new Map<string, Origin>()

  add({ session, branch, machine, first_at: at }: Pick<Slice, 'session' | 'branch' | 'machine' | 'first_at'>, project: string): void {
    let origin = this.#origins.get(session)
    if (origin === undefined) {
      const never = Number.POSITIVE_INFINITY
      origin = { project: '', projectAt: never, branch: '', branchAt: never, machine: '', machineAt: never }
      this.#origins.set(session, origin)
    }
    if (project !== '' && isBefore(at, project, origin.projectAt, origin.project)) {
      origin.project = project
      origin.projectAt = at
    }
    // Claude Code writes HEAD where there is no branch.
    if (branch !== '' && branch !== 'HEAD' && isBefore(at, branch, origin.branchAt, origin.branch)) {
      origin.branch = branch
      origin.branchAt = at
    }
    if (machine !== '' && isBefore(at, machine, origin.machineAt, origin.machine)) {
      origin.machine = machine
      origin.machineAt = at
    }
  }

  /** Without the machine where none is known, as on the machine itself. */
  of(session: string): Pick<Origin, 'project' | 'branch'> & Partial<Pick<Origin, 'machine'>> {
    const { project = '', branch = '', machine = '' } = this.#origins.get(session) ?? {}
    return machine === '' ? { project, branch } : { project, branch, machine }
  }
}

/** Of two calls of one instant the names decide, so that every store gives the same. */
function isBefore(at: number, name: string, otherAt: number, other: string): boolean {
  return at < otherAt || (at === otherAt && name < other)
}
