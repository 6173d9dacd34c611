import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { NagSuppressions } from 'cdk-nag'
import { Api, type ApiRouteProps, type Function as Lambda, type Stack } from 'sst/constructs'
import { askSubscribers, getRecords, readObjects, send, writeTable } from './grants.ts'
import { createLambda } from './lambda.ts'
import type { Resources } from './resources.ts'
import type { Settings } from './settings.ts'
import { isProduction, removalOf } from './stages.ts'

/** Which function answers a route. All but GET /health ask the authorizer first. */
const ROUTES = {
  health: ['GET /health'],
  ask: ['POST /strategies', 'POST /backtest', 'POST /screener', 'POST /alert', 'POST /execute'].concat(
    'POST /backtest/estimate',
    'POST /strategies/{id}/revise',
    'GET /signals',
    'POST /signals',
  ),
  runs: ['GET /runs', 'GET /runs/{id}', 'GET /runs/{id}/result', 'DELETE /runs/{id}'].concat(
    'GET /strategies',
    'GET /strategies/{id}',
  ),
  explain: ['POST /explain', 'POST /why-not'],
  rules: ['POST /rules/check', 'POST /rules/eval', 'POST /bars'],
  subscriptions: ['GET /alerts', 'POST /alerts', 'GET /alerts/{id}', 'DELETE /alerts/{id}'].concat(
    'POST /alerts/{id}/pause',
    'POST /alerts/{id}/resume',
    'POST /alerts/{id}/move',
  ),
  keys: ['GET /keys', 'POST /keys', 'DELETE /keys/{id}'],
}
type Answering = keyof typeof ROUTES

/** How long a verdict on a credential holds: a revoked key is refused after that at the latest. */
const VERDICT_TTL = '60 seconds'

export interface HttpSide {
  httpApi: HttpApi
  lambdas: Record<string, Lambda>
}

/** The HTTP API: its routes, their functions and the authorizer in front of them. */
export function createApi(stack: Stack, resources: Resources, settings: Settings): HttpSide {
  const { table, bars, results, queues, alertTopic } = resources
  const { generate, merge } = queues
  const environment = settings.quotas
  const authorize = createLambda(stack, 'authorize', resources, {
    may: getRecords(table),
    environment: settings.access,
  })
  const readResults = readObjects(results, 'results/')
  const answering: Record<Answering, Lambda> = {
    health: createLambda(stack, 'health', resources, { may: readObjects(bars) }),
    ask: createLambda(stack, 'ask', resources, {
      may: [...writeTable(table), ...readObjects(bars), ...readResults, ...send(merge, generate)],
      environment,
    }),
    runs: createLambda(stack, 'runs', resources, { may: [...writeTable(table), ...readResults], environment }),
    explain: createLambda(stack, 'explain', resources, {
      may: [...writeTable(table), ...readObjects(bars), ...readResults, ...send(merge)],
      environment,
    }),
    rules: createLambda(stack, 'rules', resources, { may: readObjects(bars), environment }),
    subscriptions: createLambda(stack, 'subscriptions', resources, {
      may: [...writeTable(table), ...readObjects(bars), ...askSubscribers(alertTopic)],
      environment,
    }),
    keys: createLambda(stack, 'keys', resources, { may: writeTable(table), environment }),
  }

  const api = new Api(stack, 'Http', {
    authorizers: {
      credentials: {
        type: 'lambda',
        function: authorize,
        responseTypes: ['simple'],
        identitySource: ['$request.header.Authorization'],
        resultsCacheTtl: VERDICT_TTL,
      },
    },
    // The throttle is everybody's together; what one owner may have is a matter of quotas.
    defaults: { authorizer: 'credentials', payloadFormatVersion: '2.0', throttle: { rate: 100, burst: 200 } },
    routes: routesTo(answering),
    cors: corsOf(settings.corsOrigins),
    accessLog: { retention: isProduction(stack.stage) ? 'three_months' : 'one_week' },
  })
  api.cdk.accessLogGroup?.applyRemovalPolicy(removalOf(stack.stage))
  NagSuppressions.addResourceSuppressions(
    api,
    [{ id: 'AwsSolutions-APIG4', reason: 'GET /health says only that it answers; a test holds every other route.' }],
    true,
  )
  stack.addOutputs({ ApiUrl: api.url })
  const { httpApi } = api.cdk
  if (!(httpApi instanceof HttpApi)) throw new Error('The HTTP API is none of this stack’s own.')
  return { httpApi, lambdas: { authorize, ...answering } }
}

function routesTo(answering: Record<Answering, Lambda>): Record<string, ApiRouteProps<'credentials'>> {
  const names = Object.keys(ROUTES) as Answering[]
  return Object.fromEntries(
    names.flatMap((name) =>
      ROUTES[name].map((route) => [
        route,
        { function: answering[name], ...(name === 'health' ? { authorizer: 'none' as const } : {}) },
      ]),
    ),
  )
}

/** Closed unless origins are named. */
function corsOf(origins: string[]) {
  if (origins.length === 0) return false
  return {
    allowOrigins: origins,
    allowMethods: ['GET' as const, 'POST' as const, 'DELETE' as const],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key'],
    exposeHeaders: ['location', 'retry-after'],
    maxAge: '1 hour' as const,
  }
}
