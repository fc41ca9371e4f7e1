import { auditActions } from '@signalbox/contract/audit'
import type { Command } from 'commander'
import type { AuditOptions } from '../audit/list.ts'
import { anyOf, listOptions } from '../hub/option.ts'
import type { Io } from '../io.ts'

export function audit(command: Command, io: Io): void {
  listOptions(command.addOption(anyOf('--action <name>', 'only these, repeatable', auditActions)))
    .addHelpText(
      'after',
      `
Shows who signed in, made and revoked keys, and deleted data, and from where, newest first. Needs the scope admin.

Examples:
  signalbox audit
  signalbox audit --action sign_in.refused,key.created --all --json`,
    )
    .action(async (options: AuditOptions) => (await import('../audit/list.ts')).list(io, options))
}
