import { barsIngestOf } from '../aws-bars.ts'
import { openBars } from '../aws-data.ts'
import { makeBarsIngest } from '../bars-ingest.ts'
import { observed } from '../observed.ts'

/** Files of bars that were uploaded. */
export const handler = observed(makeBarsIngest(barsIngestOf(process.env, openBars(process.env))))
