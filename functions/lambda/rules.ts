import { serveOwners } from '../serve-aws.ts'

/** Formulas, checked and computed on stored bars, and the bars themselves: no strategy's code runs. */
export const ROUTES = ['POST /rules/eval', 'POST /rules/check', 'POST /bars']

export const handler = serveOwners(process.env, ROUTES)
