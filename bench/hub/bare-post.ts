// A process of its own: the least a POST can cost here. Fastify as it comes, JSON in, JSON out, nothing kept.
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'

const app = Fastify()
app.post('/sessions/:id/heartbeat', () => ({ ok: true }))
await app.listen({ port: 0, host: '127.0.0.1' })
process.send!({ port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
