// Preloaded into children. The channel to the parent breaks when the parent ends, even by SIGKILL,
// and on Windows, which has no signals, breaking it is how the parent says stop.
process.on('disconnect', () => {
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(0)
})
// Listening must not keep a child that is done.
process.channel?.unref()
