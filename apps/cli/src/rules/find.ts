import type { AlertRule } from '@signalbox/contract/alert-rule'
import { findNamed } from '../hub/find-named.ts'
import type { Hub } from '../hub/with-hub.ts'

/** The rule with this id or name, or with an id that begins so. @throws Failure when there is none, or more than one */
export async function findRule({ client }: Hub, asked: string): Promise<AlertRule> {
  return findNamed(await client.listAlertRules(), asked, {
    noun: 'rule',
    list: 'signalbox rules list',
    idOf: ({ rule_id }) => rule_id,
    nameOf: ({ name }) => name,
  })
}
