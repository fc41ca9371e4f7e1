import { PrivateFileError } from '@signalbox/hub-address/private-file'
import { HubError } from './hub-error.ts'

/** The reason why the hub does not start, in one line with the next step. */
export class StartError extends Error {}

/** Formats the errors of a start. @returns undefined for an unexpected error, which is shown whole */
export function formatStartError(error: unknown, env: NodeJS.ProcessEnv): string | undefined {
  if (error instanceof StartError) return error.message
  if (error instanceof PrivateFileError) return `${error.message} ${error.suggestion}`
  if (error instanceof HubError) return `${error.message}. ${error.suggestion ?? ''}`.trim()
  const { code, address, path, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port ?? env.PORT} is taken. Stop the program that uses it, or set PORT to another one (0 selects a free one).`
    case 'EADDRNOTAVAIL':
      return `HOST is ${address ?? env.HOST}, which is no address of this machine. Set it to 127.0.0.1, or to 0.0.0.0 for all of them.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is ${env.HOST}, a name that cannot be resolved. Set it to 127.0.0.1, or to 0.0.0.0 for all addresses.`
    case 'EACCES':
    case 'EPERM':
      if (path === undefined) return `Port ${port ?? env.PORT} may not be used without more privileges. Set PORT to 1024 or higher.`
      return `${path} may not be written. Give the user that runs the hub the right to, or set DATA_DIR to another folder.`
    case 'EROFS':
      return `${path} is on a disk that is read-only. Set DATA_DIR to another folder.`
    case 'ENOSPC':
    case 'SQLITE_FULL':
      return `The disk that holds ${path ?? 'DATA_DIR'} is full. Free some space, or set DATA_DIR to another folder.`
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path} is not a folder. Set DATA_DIR to one.`
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
      return 'DATA_DIR may not be written. Give the user that runs the hub the right to, or set it to another folder.'
  }
  return undefined
}
