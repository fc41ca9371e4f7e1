/** The kinds of channels. Without a schema library: the command line completes them. */
export const channelKinds = [
  'web_push',
  'email',
  'webhook',
  'ntfy',
  'slack',
  'discord',
  'telegram',
  'pagerduty',
  'matrix',
  'teams',
  'pushover',
  'desktop',
  'apprise',
] as const
export type ChannelKindName = (typeof channelKinds)[number]
