// Child process: the minimum cost of a POST on this machine. Plain Fastify, JSON in, JSON out, nothing stored.
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'

const app = Fastify()
app.post('/sessions/:id/heartbeat', () => ({ ok: true }))
await app.listen({ port: 0, host: '127.0.0.1' })
process.send!({ port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
