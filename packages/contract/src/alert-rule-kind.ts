/** The kinds of alert rules. Without a schema library: the command line completes them. */
export const alertRuleKinds = [
  'session_failed',
  'session_stalled',
  'session_waiting',
  'session_idle',
  'task_blocked',
  'task_failed',
  'machine_offline',
  'no_free_slot',
  'limit_over',
  'limit_runs_out',
  'limit_reset',
  'budget',
  'cost_anomaly',
  'collector_silent',
  'snapshot_stale',
  'needs_login',
  'source_failing',
  'hub_paused',
  'hub_unhealthy',
  'channel_broken',
] as const
export type AlertRuleKind = (typeof alertRuleKinds)[number]
