import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/**
 * Looks through a whole database file, in a thread of its own.
 * @returns what is wrong with it; undefined when nothing is, or when it could not be looked at
 */
export async function findDamage(path: string): Promise<string | undefined> {
  try {
    const worker = new Worker(new URL('./check-worker.ts', import.meta.url), { workerData: { path } })
    worker.unref()
    const [found] = (await once(worker, 'message')) as [string]
    return found === 'ok' ? undefined : found
  } catch {
    // No thread or no descriptor is left; damage that a read finds is noted anyway.
    return undefined
  }
}
