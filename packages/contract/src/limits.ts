import { collectorPollSchema, collectorWorkSchema } from './collector-poll.ts'
import { currentLimitsQuerySchema, currentLimitsSchema } from './current-limits.ts'
import { limitForecastQuerySchema, limitForecastSchema } from './limit-forecast.ts'
import { limitHistoryQuerySchema, limitHistorySchema } from './limit-history.ts'
import { snapshotSchema, snapshotStoredSchema } from './limit-snapshot.ts'
import { triggerQuerySchema, triggerResponseSchema } from './limit-trigger.ts'
import { route } from './route.ts'

const path = '/api/claude/console-usage'

export const limitRoutes = {
  create: route({
    method: 'POST',
    path,
    access: 'ingest',
    summary: 'Store a snapshot of the plan limits',
    description: 'The request is idempotent by `idempotencyKey`: a snapshot that is sent again is stored once.',
    body: snapshotSchema,
    responses: { 200: snapshotStoredSchema },
  }),
  current: route({
    method: 'GET',
    path,
    access: 'read',
    summary: 'Retrieve the current plan limits, or one version',
    description:
      'The current limits are those of the snapshot with the newest `lastUpdated`. Windows that its source cannot know (a status line ' +
      'knows two) come from the newest snapshot that has them. A window whose value is older than `lastUpdated` carries `asOf`. With `version` or `timestamp` the response is one ' +
      'snapshot as it was sent.',
    query: currentLimitsQuerySchema,
    responses: { 200: currentLimitsSchema },
  }),
  history: route({
    method: 'GET',
    path: `${path}/history`,
    access: 'read',
    summary: 'Retrieve the history of the plan limits',
    description: 'Returns one series per window, thinned for a chart, with its resets.',
    query: limitHistoryQuerySchema,
    responses: { 200: limitHistorySchema },
  }),
  forecast: route({
    method: 'GET',
    path: `${path}/forecast`,
    access: 'read',
    summary: 'Forecast the plan limits',
    description:
      'Returns for each current window the range in which it ends in nine of ten cases, calibrated on the past windows of the account, ' +
      'and how often such ranges were right.',
    query: limitForecastQuerySchema,
    responses: { 200: limitForecastSchema },
  }),
  trigger: route({
    method: 'POST',
    path: `${path}/trigger`,
    access: 'write',
    summary: 'Request a snapshot',
    description: 'Asks a connected collector for a snapshot now. Responds 503 when no collector is connected.',
    query: triggerQuerySchema,
    responses: { 202: triggerResponseSchema },
  }),
  collector: route({
    method: 'POST',
    path: `${path}/collector`,
    access: 'ingest',
    summary: 'Poll for work (collectors)',
    description: 'A collector reports its health and waits up to `waitMs` for a requested snapshot.',
    body: collectorPollSchema,
    responses: { 200: collectorWorkSchema },
  }),
}
