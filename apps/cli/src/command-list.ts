import type { Command } from 'commander'
import type { Io } from './io.ts'

export interface CommandEntry {
  readonly name: string
  /** An older name that still works. */
  readonly alias?: string
  readonly about: string
  /** Loads the command's file; called only for the command in use. */
  readonly load: () => Promise<(command: Command, io: Io) => void>
}

/** Every command. To add one: its file in `command/`, its test, and a line here. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    about: 'start the hub and the collector',
    load: async () => (await import('./command/up.ts')).up,
  },
  {
    name: 'run',
    about: 'run Claude Code and report its session exactly',
    load: async () => (await import('./command/run.ts')).run,
  },
  {
    name: 'ask',
    about: 'ask the hub a question in words',
    load: async () => (await import('./command/ask.ts')).ask,
  },
  {
    name: 'usage',
    about: 'show token usage and cost on this machine; needs no hub',
    load: async () => (await import('./command/usage.ts')).usage,
  },
  {
    name: 'limits',
    about: 'show how much of the plan limits is used, and when they reset',
    load: async () => (await import('./command/limits.ts')).limits,
  },
  {
    name: 'accounts',
    about: 'list the accounts whose plan limits the hub has, and name them',
    load: async () => (await import('./command/accounts.ts')).accounts,
  },
  {
    name: 'sessions',
    about: 'list, inspect and manage sessions',
    load: async () => (await import('./command/sessions.ts')).sessions,
  },
  {
    name: 'answer',
    about: 'answer what sessions ask: permissions, questions, plans',
    load: async () => (await import('./command/answer.ts')).answer,
  },
  {
    name: 'budgets',
    about: 'list and change budgets, and let held sessions go on',
    load: async () => (await import('./command/budgets.ts')).budgets,
  },
  {
    name: 'tasks',
    about: 'list and manage the tasks of sessions',
    load: async () => (await import('./command/tasks.ts')).tasks,
  },
  {
    name: 'machines',
    about: 'list and manage machines and their slots',
    load: async () => (await import('./command/machines.ts')).machines,
  },
  {
    name: 'alerts',
    about: 'list alerts, acknowledge and snooze them, see what was sent',
    load: async () => (await import('./command/alerts.ts')).alerts,
  },
  {
    name: 'channels',
    about: 'set up how you are notified of alerts, and test it',
    load: async () => (await import('./command/channels.ts')).channels,
  },
  {
    name: 'rules',
    about: 'list and change what is worth an alert',
    load: async () => (await import('./command/rules.ts')).rules,
  },
  {
    name: 'maintenance',
    about: 'archive or delete old sessions',
    load: async () => (await import('./command/maintenance.ts')).maintenance,
  },
  {
    name: 'data',
    about: 'delete the data of a machine, a project or an account from the hub',
    load: async () => (await import('./command/data.ts')).data,
  },
  {
    name: 'hub',
    about: 'run only the hub',
    load: async () => (await import('./command/hub.ts')).hub,
  },
  {
    name: 'collector',
    about: 'run only the collector, or show its status',
    load: async () => (await import('./command/collector.ts')).collector,
  },
  {
    name: 'service',
    about: 'run Signalbox whenever you are logged in, as a service of this system',
    load: async () => (await import('./command/service.ts')).service,
  },
  {
    name: 'connect',
    about: 'connect this machine to a hub, with a code from `signalbox machines invite`',
    load: async () => (await import('./command/connect.ts')).connect,
  },
  {
    name: 'statusline',
    about: "add Signalbox to Claude Code's status line",
    load: async () => (await import('./command/statusline.ts')).statusline,
  },
  {
    name: 'hooks',
    about: "add Signalbox's hooks to Claude Code's settings, without the plugin",
    load: async () => (await import('./command/hooks.ts')).hooks,
  },
  {
    name: 'web',
    alias: 'console',
    about: "sign in to Claude's usage page, for more plan limits",
    load: async () => (await import('./command/web.ts')).web,
  },
  {
    name: 'keys',
    about: 'create, list and revoke API keys of the hub',
    load: async () => (await import('./command/keys.ts')).keys,
  },
  {
    name: 'signins',
    about: 'list signed-in browsers, and sign them out',
    load: async () => (await import('./command/signins.ts')).signIns,
  },
  {
    name: 'audit',
    about: 'show who signed in, made keys and deleted data',
    load: async () => (await import('./command/audit.ts')).audit,
  },
  {
    name: 'open',
    about: 'open the dashboard in a browser, signed in',
    load: async () => (await import('./command/open.ts')).open,
  },
  {
    name: 'store',
    about: 'copy the hub database to another place',
    load: async () => (await import('./command/store.ts')).store,
  },
  {
    name: 'backup',
    about: 'copy the hub database and the ledger while they are in use, and check the copy',
    load: async () => (await import('./command/backup.ts')).backup,
  },
  {
    name: 'restore',
    about: 'put a backup in the place of the hub database',
    load: async () => (await import('./command/restore.ts')).restore,
  },
  {
    name: 'mirror',
    about: 'check or rebuild the JSON files of plan limits',
    load: async () => (await import('./command/mirror.ts')).mirror,
  },
  {
    name: 'health',
    about: 'ask whether the hub is ready, for containers and monitors',
    load: async () => (await import('./command/health.ts')).health,
  },
  {
    name: 'uninstall',
    about: 'undo what Signalbox has changed on this machine, and say what stays',
    load: async () => (await import('./command/uninstall.ts')).uninstall,
  },
  {
    name: 'doctor',
    about: 'check the setup, and suggest fixes',
    load: async () => (await import('./command/doctor.ts')).doctor,
  },
  {
    name: 'prices',
    about: 'show the price table in use',
    load: async () => (await import('./command/prices.ts')).prices,
  },
  {
    name: 'demo',
    about: 'start a temporary hub full of sample data, to look around',
    load: async () => (await import('./command/demo.ts')).demo,
  },
]
