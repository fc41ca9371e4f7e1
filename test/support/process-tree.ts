import fs from 'node:fs'

/** Lists the descendants of a process; empty where the system has no /proc. */
export function descendantsOf(pid: number): number[] {
  if (process.platform !== 'linux') return []
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

/** Filters out processes that have ended. */
export function filterAlive(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0)
      return !fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
    } catch {
      return false
    }
  })
}
