// Preloaded into child processes. The IPC channel closes when the parent ends, even by SIGKILL;
// on Windows, which has no signals, the parent closes it to stop the child.
process.on('disconnect', () => {
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(0)
})
// The channel must not keep a finished child alive.
process.channel?.unref()
