import { serveOwners } from '../serve-aws.ts'

/** Why a strategy did what it did: runs as any other, waited for; what has to run strangers' code for it runs elsewhere. */
export const ROUTES = ['POST /explain', 'POST /why-not']

export const handler = serveOwners(process.env, ROUTES)
