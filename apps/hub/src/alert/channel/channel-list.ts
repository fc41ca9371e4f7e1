import type { ChannelConfigs } from '@signalbox/contract/channel-config'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { Clock } from '../../clock.ts'
import { apprise } from './apprise.ts'
import type { ChannelKind } from './channel-kind.ts'
import { type DesktopOutlet, desktop } from './desktop.ts'
import { discord } from './discord.ts'
import { email, type MailSettings } from './email.ts'
import { matrix } from './matrix.ts'
import { ntfy } from './ntfy.ts'
import { pagerduty } from './pagerduty.ts'
import { pushover } from './pushover.ts'
import { slack } from './slack.ts'
import { teams } from './teams.ts'
import { telegram } from './telegram.ts'
import { type VapidDetails, webPush } from './web-push.ts'
import { webhook } from './webhook.ts'

/** What kinds need beside their configuration and the wire. */
export interface ChannelSurroundings {
  readonly clock: Pick<Clock, 'now'>
  /** Undefined without SMTP_URL. */
  readonly mail: MailSettings | undefined
  readonly vapid: () => Promise<VapidDetails>
  readonly desktop: DesktopOutlet
}

export type ChannelList = { readonly [Kind in ChannelKindName]: ChannelKind<ChannelConfigs[Kind]> }

/** Every kind of channel. */
export function channelList(surroundings: ChannelSurroundings): ChannelList {
  return {
    web_push: webPush(surroundings.vapid),
    email: email(surroundings.mail),
    webhook: webhook(surroundings.clock),
    ntfy,
    slack,
    discord,
    telegram,
    pagerduty,
    matrix,
    teams,
    pushover,
    desktop: desktop(surroundings.desktop),
    apprise,
  }
}
