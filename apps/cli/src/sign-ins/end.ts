import { usageError } from '../failure.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { createTerminal } from '../terminal.ts'

export async function end(io: Io, id: string | undefined, options: HubOptions & { readonly all?: true }): Promise<void> {
  if ((id === undefined) === (options.all === undefined))
    throw usageError('name one sign-in, or --all.', 'For the ids: signalbox signins list')
  await withHub(io, options, async ({ client }) => {
    if (id !== undefined) await client.endSignIn(id)
    const result = id === undefined ? await client.endAllSignIns() : { ended: 1 }
    if (options.json) return void printJson(io, result)
    createTerminal(io).write(result.ended === 1 ? 'One browser is signed out.\n' : `${result.ended} browsers are signed out.\n`)
  })
}
