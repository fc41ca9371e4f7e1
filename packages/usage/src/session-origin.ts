import type { Slice } from './slice.ts'

interface Origin {
  project: string
  /** When the first call with this project was, and that with this branch; milliseconds since 1970. */
  projectAt: number
  branch: string
  branchAt: number
}

/** Where sessions began: the project of the first call of each, and the first branch; empty where no call has one. */
export class SessionOrigins {
  readonly #origins = new Map<string, Origin>()

  add({ session, branch, first_at: at }: Pick<Slice, 'session' | 'branch' | 'first_at'>, project: string): void {
    let origin = this.#origins.get(session)
    if (origin === undefined) {
      origin = { project: '', projectAt: Number.POSITIVE_INFINITY, branch: '', branchAt: Number.POSITIVE_INFINITY }
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
  }

  of(session: string): Pick<Origin, 'project' | 'branch'> {
    const { project = '', branch = '' } = this.#origins.get(session) ?? {}
    return { project, branch }
  }
}

/** Of two calls of one instant the names decide, so that every store gives the same. */
function isBefore(at: number, name: string, otherAt: number, other: string): boolean {
  return at < otherAt || (at === otherAt && name < other)
}
