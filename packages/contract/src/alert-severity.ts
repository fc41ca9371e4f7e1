/** How bad an alert is, the mildest first. Without a schema library: the command line completes them. */
export const alertSeverities = ['info', 'warning', 'critical'] as const
export type AlertSeverity = (typeof alertSeverities)[number]

/** `pending`: holds, but not long enough yet. `clearing`: does not hold any more, but not long enough yet. */
export const alertStates = ['pending', 'open', 'clearing', 'closed'] as const
export type AlertState = (typeof alertStates)[number]

/** `failing`: the last attempt failed and another follows. `broken`: the peer refused for good. `off`: switched off. */
export const channelStates = ['ok', 'failing', 'broken', 'off'] as const
export type ChannelState = (typeof channelStates)[number]
