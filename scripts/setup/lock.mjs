// A lock that several checkouts of this user share, as a folder: only one process can make it.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * @param {string} lock path of the folder; the process that gets the lock removes it
 * @param {number} timeoutMs after this time the owner counts as lost
 * @returns {boolean} whether the lock is ours
 */
export function takeLock(lock, timeoutMs) {
  try {
    fs.mkdirSync(lock)
    fs.writeFileSync(path.join(lock, 'owner'), JSON.stringify({ pid: process.pid, host: os.hostname() }))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error
    if (isAbandoned(lock, timeoutMs)) fs.rmSync(lock, { recursive: true, force: true })
    return false
  }
}

/** Whether the process that took the lock was killed: it is gone from this machine, or has had more time than its work takes. */
function isAbandoned(lock, timeoutMs) {
  const since = fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs
  if (since === undefined) return false
  if (since < Date.now() - timeoutMs) return true
  try {
    const { pid, host } = JSON.parse(fs.readFileSync(path.join(lock, 'owner'), 'utf8'))
    // After a restart of a container another process has the id, often this one.
    return host === os.hostname() && (pid === process.pid || !isAlive(pid))
  } catch {
    // The owner is not written yet.
    return false
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
