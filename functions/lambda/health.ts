import { awsApplication } from '../app-aws.ts'
import { serve } from '../serve-aws.ts'

/** The one route that is open to everybody. */
export const ROUTES = ['GET /health']

const app = awsApplication(process.env)

export const handler = serve(ROUTES, { appOf: (event) => app.of('nobody', event.requestContext.requestId) })
