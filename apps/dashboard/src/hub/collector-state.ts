/** The state of collectors in words, shared with the command line. */
export {
  type CollectorCondition,
  collectorConditionNames,
  collectorConditionOf,
  formatOfflineReason,
  formatPending,
  formatUnseenReason,
} from '@signalbox/client/collector-state'
