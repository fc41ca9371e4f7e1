// Leads a socket in the file system to a port of the network that it runs in: `node relay.mjs SOCKET PORT`.
import net from 'node:net'

const [, , socketPath, port] = process.argv
net
  .createServer((near) => {
    const far = net.connect(Number(port), '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  .listen(socketPath)
// It ends with the test.
process.stdin.on('end', () => process.exit(0)).resume()
