/** One event of a hook, as `bin/observe.sh` or `observe.ts` has spooled it. */
export interface SpooledEvent {
  /** When the hook ran, in milliseconds since 1970. */
  readonly at: number
  /** The process of Claude Code. */
  readonly clientPid: number | undefined
  /** Whether Claude Code itself has named its process, as new versions do. */
  readonly namesProcess: boolean
  /** Claude Code's own word for how it was started: `cli`, `sdk-cli` with `-p`, … */
  readonly entrypoint: string
  /** `bg` for a background job. */
  readonly sessionKind: string
  /** The folder in which the session was started; its working directory may be another by now. */
  readonly projectFolder: string
  /** The hook's input. */
  readonly input: Readonly<Record<string, unknown>>
}

const HEADER = 'signalbox-hook 1'

export interface SpoolHeader {
  readonly clientPid: string | undefined
  readonly parentPid: number | undefined
  readonly entrypoint: string | undefined
  readonly sessionKind: string | undefined
  readonly projectFolder: string | undefined
}

/** Writes what the shell script writes: the input follows it unchanged. */
export function formatSpoolHeader({ clientPid, parentPid, entrypoint, sessionKind, projectFolder }: SpoolHeader): string {
  return `${[HEADER, clientPid ?? '', parentPid ?? '', entrypoint ?? '', sessionKind ?? '', projectFolder ?? ''].join('\n')}\n`
}

/** @returns undefined when the text is half an event or something else */
export function parseSpooledEvent(text: string, at: number): SpooledEvent | undefined {
  const [header, clientPid = '', parentPid = '', entrypoint = '', sessionKind = ''] = text.slice(0, 4096).split('\n', 5)
  if (header !== HEADER) return undefined
  const folderAt = [header, clientPid, parentPid, entrypoint, sessionKind, ''].join('\n').length
  const inputAt = text.indexOf('\n{', folderAt)
  if (inputAt < 0) return undefined
  try {
    const input: unknown = JSON.parse(text.slice(inputAt))
    if (typeof input !== 'object' || input === null) return undefined
    return {
      at,
      clientPid: processId(clientPid) ?? processId(parentPid),
      namesProcess: processId(clientPid) !== undefined,
      entrypoint,
      sessionKind,
      projectFolder: text.slice(folderAt, inputAt),
      input: input as Record<string, unknown>,
    }
  } catch {
    return undefined
  }
}

function processId(text: string): number | undefined {
  const pid = Number(text)
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined
}
