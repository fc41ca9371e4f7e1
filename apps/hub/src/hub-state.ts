/** Whether the hub takes requests. */
export interface HubState {
  /** Why it takes none just now; undefined while it does. */
  reason: 'starting' | 'stopping' | undefined
}
