import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** Runs git in a folder, without any configuration of this machine. */
export function git(folder: string, ...args: string[]): string {
  const identity = {
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  }
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...identity },
  }).trim()
}

/** Makes a repository with a commit. @param remote the address of `origin` */
export function makeRepository(folder: string, remote?: string): string {
  mkdirSync(folder, { recursive: true })
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Begin')
  if (remote !== undefined) git(folder, 'remote', 'add', 'origin', remote)
  return folder
}
