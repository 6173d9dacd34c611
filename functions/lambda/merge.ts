import { advanceDepsOf, performStrategy } from '../aws-runs.ts'
import { hereOn } from '../here.ts'
import { makeMerge } from '../merge.ts'
import { log, observed } from '../observed.ts'

/** Runs of strategies: counts their jobs, and puts their results together. */
export const handler = observed(makeMerge(advanceDepsOf(process.env, performStrategy, hereOn), log))
