import type { MachineZone } from '@signalbox/contract/time-zone'

/** The output of a command; on a terminal it has a width. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** The input of a command. */
export interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Facts about the process and its machine. */
export interface System {
  readonly platform: NodeJS.Platform
  readonly arch: string
  /** Such as `v24.3.0`. */
  readonly nodeVersion: string
  /** The file of the Node program. */
  readonly nodePath: string
  readonly pid: number
  readonly ppid: number
  /** The machine's time zone; commands ask `zoneOf`, which reports a problem. */
  timeZone(): MachineZone
  isRunning(pid: number): boolean
  /** Sends a signal to a process; nothing happens where it has ended. */
  kill(pid: number, signal: NodeJS.Signals): void
  /** Starts a program of the user, whose files are to have the permissions that the user has chosen. */
  withInheritedUmask<T>(start: () => T): T
}

/** Everything that a command uses of the process it runs in, so that tests can run commands without a process of their own. */
export interface Io {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
  /** The environment without the settings of a `.env` file of the checkout: what another program would have been started with. */
  readonly inheritedEnv: NodeJS.ProcessEnv
  readonly cwd: string
  readonly system: System
  /** Milliseconds since 1970. */
  now(): number
  /** The exit code of the command; set by the command, returned by `run`. */
  exitCode: number
  /** Ends the process at once. */
  exit(code: number): void
  /** Ends the process by force if it has not ended some seconds from now: its supervisor waits no longer. */
  limitStop(): void
  /**
   * Calls the listener at each signal to stop, and when the parent process ends. The signals no longer end the process then.
   * @returns a function that removes the listener
   */
  onStopSignal(listener: (signal: StopSignal) => void): () => void
  /** Calls the listener at each such signal, which no longer has its usual effect. @returns a function that removes the listener */
  onSignal(signal: NodeJS.Signals, listener: () => void): () => void
  /** Called when stdout or stderr cannot be written: its reader is gone, the disk is full. The process ends when it is not set. */
  onClosedOutput: ((output: 'stdout' | 'stderr') => void) | undefined
}
