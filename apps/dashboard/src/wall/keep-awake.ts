/** Keeps the screen on for as long as the page is visible. @returns a function that ends it */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined
  let isOver = false
  const request = async () => {
    // Behind plain http no browser has it; the display's own settings then decide.
    if (isOver || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    try {
      lock = await navigator.wakeLock.request('screen')
      if (isOver) void lock.release()
    } catch {
      // A low battery forbids it.
    }
  }
  const follow = () => void request()
  document.addEventListener('visibilitychange', follow)
  follow()
  return () => {
    isOver = true
    document.removeEventListener('visibilitychange', follow)
    void lock?.release()
  }
}
