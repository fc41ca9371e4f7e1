import { printable } from '@signalbox/contract/printable'
import { printOutcome } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { fetchAccounts, findAccount } from './find.ts'

/** @param name undefined takes the name away */
export async function name(io: Io, asked: string, name: string | undefined, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const { account } = findAccount(await fetchAccounts(hub), asked)
    const answer = await hub.client.nameAccount(account, name ?? null)
    const sentence = answer.name === undefined ? 'has no name now' : `is called ${printable(answer.name)} now`
    printOutcome(io, options.json, answer, `The account ${printable(account)} ${sentence}.`)
  })
}
