// Child process: the minimum cost of a GET on this machine. Plain Fastify, a small answer, no lookup.
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'

const app = Fastify()
app.get('/', () => ({ ok: true }))
await app.listen({ port: 0, host: '127.0.0.1' })
process.send!({ port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
