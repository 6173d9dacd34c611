import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { Tracer } from '@aws-lambda-powertools/tracer'
import type { Context } from 'aws-lambda'
import type { Line, Log } from './log.ts'

/** Logs, metrics and traces of a deployed function. Service, namespace and level come from the environment (POWERTOOLS_*). Each metric is billed: they have no dimension but the service. */
const logger = new Logger()
const metrics = new Metrics()
const tracer = new Tracer()

/** Numbers that lines carry, by what the line is about. */
const COUNTED: Record<string, (line: Line) => Partial<Record<string, number>>> = {
  asked: ({ is_new }) => (is_new === true ? { RunsAsked: 1 } : { RunsFound: 1 }),
  run: ({ outcome }) => (outcome === 'succeeded' ? { RunsSucceeded: 1 } : { RunsFailed: 1 }),
  chunk: ({ ms, outcome }) => ({ ChunkMs: Number(ms), ...(outcome === 'failed' ? { ChunksFailed: 1 } : {}) }),
  sweep: ({ resent, lost, failed }) => ({
    RunsResent: lengthOf(resent),
    RunsWithLostChunks: lengthOf(lost),
    RunsGivenUp: lengthOf(failed),
  }),
  alert: ({ fires, notified }) => ({ AlertsEvaluated: 1, Fires: Number(fires), Notified: Number(notified) }),
  notify: ({ outcome }) => (outcome === 'again' ? { DeliveriesRetried: 1 } : { Delivered: 1 }),
  refused: () => ({ Refused: 1 }),
  fault: () => ({ Faults: 1 }),
}
/** What a trace is found by. */
const FOUND_BY = ['run_id', 'strategy_id'] as const

/** A line to the log; its numbers to the metrics, its ids to the trace. */
export const log: Log = (line, level = 'info') => {
  const { what, ...fields } = line
  logger[level](what, fields)
  for (const [name, value] of Object.entries(COUNTED[what]?.(line) ?? {}))
    if (value !== undefined && Number.isFinite(value))
      metrics.addMetric(name, name.endsWith('Ms') ? MetricUnit.Milliseconds : MetricUnit.Count, value)
  for (const name of FOUND_BY) if (line[name] !== undefined) tracer.putAnnotation(name, String(line[name]))
}

/** A handler whose lines carry its request's id, and whose metrics and trace are sent with its answer. */
export function observed<Event, Answer>(
  handler: (event: Event, context: Context) => Promise<Answer>,
): (event: Event, context: Context) => Promise<Answer> {
  return async (event, context) => {
    logger.addContext(context)
    tracer.annotateColdStart()
    try {
      return await handler(event, context)
    } finally {
      metrics.publishStoredMetrics()
    }
  }
}

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0)
