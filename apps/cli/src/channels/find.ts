import type { Channel } from '@signalbox/contract/channel'
import { findNamed } from '../hub/find-named.ts'
import type { Hub } from '../hub/with-hub.ts'

/** The channel with this id or name, or with an id that begins so. @throws Failure when there is none, or more than one */
export async function findChannel({ client }: Hub, asked: string): Promise<Channel> {
  return findNamed(await client.listChannels(), asked, {
    noun: 'channel',
    list: 'signalbox channels list',
    idOf: ({ channel_id }) => channel_id,
    nameOf: ({ name }) => name,
  })
}

/** `all`, `none`, or names and ids, as a rule has them. */
export async function findChannels(hub: Hub, asked: string): Promise<'all' | string[]> {
  if (asked === 'all') return 'all'
  if (asked === 'none') return []
  const ids: string[] = []
  for (const one of asked.split(',')) ids.push((await findChannel(hub, one.trim())).channel_id)
  return [...new Set(ids)]
}
