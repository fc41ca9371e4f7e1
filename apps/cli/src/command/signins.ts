import type { Command } from 'commander'
import { answerOptions, type ListOptions, listOptions } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export function signIns(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
The browsers that are signed in with your key, or, with the scope admin, with any key.

Examples:
  signalbox signins list
  signalbox signins end q7Zt2mB9cV4nK8pL1wR6sD
  signalbox signins end --all`,
  )
  listOptions(command.command('list', { isDefault: true }).description('list signed-in browsers, newest first')).action(
    async (options: HubOptions & ListOptions) => (await import('../sign-ins/list.ts')).list(io, options),
  )
  answerOptions(
    command
      .command('end')
      .description('sign a browser out; its cookie is refused from then on')
      .argument('[id]', 'the id in `signalbox signins list`')
      .option('--all', 'sign all of them out'),
  ).action(async (id: string | undefined, options: HubOptions & { readonly all?: true }) =>
    (await import('../sign-ins/end.ts')).end(io, id, options),
  )
}
