import type { Command } from 'commander'

export interface CommandEntry {
  readonly name: string
  readonly about: string
  /** The file of the command; loaded only when it is the one that was asked for. */
  readonly load: () => Promise<(command: Command) => void>
}

/** Every command. To add one: its file in `command/`, its test, and a line here. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    about: 'start the hub and the collector, and say where to look',
    load: async () => (await import('./command/up.ts')).up,
  },
  {
    name: 'usage',
    about: 'what Claude Code has used on this machine; needs no hub',
    load: async () => (await import('./command/usage.ts')).usage,
  },
  {
    name: 'limits',
    about: 'how much of the plan is used, and when it resets',
    load: async () => (await import('./command/limits.ts')).limits,
  },
  {
    name: 'sessions',
    about: 'who runs where, what it is doing, whether it still lives',
    load: async () => (await import('./command/sessions.ts')).sessions,
  },
  {
    name: 'tasks',
    about: 'what sessions have to do, and how far they are',
    load: async () => (await import('./command/tasks.ts')).tasks,
  },
  {
    name: 'machines',
    about: 'machines, their slots, and who is on them',
    load: async () => (await import('./command/machines.ts')).machines,
  },
  {
    name: 'maintenance',
    about: 'put away sessions that ended long ago',
    load: async () => (await import('./command/maintenance.ts')).maintenance,
  },
  {
    name: 'hub',
    about: 'run the hub alone',
    load: async () => (await import('./command/hub.ts')).hub,
  },
  {
    name: 'collector',
    about: "run this machine's collector alone, or ask how it is",
    load: async () => (await import('./command/collector.ts')).collector,
  },
  {
    name: 'statusline',
    about: "Claude Code's status line: its plan limits for the collector, and a line of our own",
    load: async () => (await import('./command/statusline.ts')).statusline,
  },
  {
    name: 'console',
    about: 'the usage page of Claude: sign in, read it now, how it goes',
    load: async () => (await import('./command/console.ts')).consoleCommand,
  },
  {
    name: 'keys',
    about: 'make, list and revoke keys of the hub',
    load: async () => (await import('./command/keys.ts')).keys,
  },
  {
    name: 'store',
    about: 'copy everything the hub keeps to another place',
    load: async () => (await import('./command/store.ts')).store,
  },
  {
    name: 'mirror',
    about: 'the files in which the hub keeps readings of the plan limits, for people and other programs',
    load: async () => (await import('./command/mirror.ts')).mirror,
  },
  {
    name: 'doctor',
    about: 'what is found, what is missing, what to do',
    load: async () => (await import('./command/doctor.ts')).doctor,
  },
  {
    name: 'prices',
    about: 'the price table in use',
    load: async () => (await import('./command/prices.ts')).prices,
  },
  {
    name: 'demo',
    about: 'a throw-away hub filled with a month of usage',
    load: async () => (await import('./command/demo.ts')).demo,
  },
]
