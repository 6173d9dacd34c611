import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../core/clock.ts'

/** The machine's clock. */
export const systemClock: Clock = () => Date.now()

/** Resolves after the given time; rejects at once when the signal is given. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> => delay(ms, undefined, { signal })

/** A new id no other process makes. */
export const newId = (): string => randomUUID()
