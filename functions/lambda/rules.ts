import { serveOwners } from '../serve-aws.ts'

/** Formulas, checked and computed on stored bars: no strategy's code runs. */
export const ROUTES = ['POST /rules/eval', 'POST /rules/check']

export const handler = serveOwners(process.env, ROUTES)
