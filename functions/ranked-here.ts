import { rankJob, rankLevel } from '../lib/signals/cross-pass.ts'

/** Ranking runs no strategy's code, and happens where a run goes on: its inputs are the answers of all other jobs. */
export const rankedHere: ReadonlyMap<string, (input: never) => unknown> = new Map([[rankJob.name, rankLevel]])
