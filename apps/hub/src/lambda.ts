import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { GatewayEvent } from './lambda/gateway-event.ts'
import { type CallContext, LambdaHub } from './lambda/lambda-hub.ts'

/** The page is beside the bundle; a checkout has it where it is built. */
const folders = ['./dashboard', '../../dashboard/dist'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))

const hub = new LambdaHub(process.env, folders.find((folder) => fs.existsSync(folder)) ?? folders[0]!)

/** One HTTP request, from API Gateway or a Function URL. */
export const handler = (event: GatewayEvent, context: CallContext) => hub.handle(event, context)

/** Called by a schedule, once a minute. */
export const tick = (_event: unknown, context: CallContext) => hub.tick(context)
