import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'

/** Who holds a home, as `host.json` names it. */
export interface HostRecord {
  pid: number
  /** ISO instant */
  started: string
  /** when the operating system started the process, where it tells: a later process of the same number differs */
  birth: string | null
  url: string
}

/** A claim on a home: claims are numbered, the highest number counts, and a number can be claimed once. */
export interface Claim {
  number: number
  holder: Pick<HostRecord, 'pid' | 'birth'>
  /** whether the holder has given the home back, or its process is gone */
  over: boolean
}

/** What the machine must offer for one host per home; kept as files beside the home's data. */
export interface Claims {
  /** The claim with the highest number, or undefined where none was ever made. */
  newest(): Promise<Claim | undefined>
  /** Claims the home under the number for this process; false when the number is taken or no longer the highest. */
  take(number: number): Promise<boolean>
  /** Marks this process' claim as given back and withdraws what was announced. */
  release(number: number): Promise<void>
  /** Makes the URL known to others, whole or not at all. */
  announce(url: string, started: string): Promise<void>
  announced(): Promise<HostRecord | undefined>
}

export interface HostPorts {
  claims: Claims
  clock: Clock
  sleep: (ms: number) => Promise<void>
  /** Whether the host at the URL answers /health for this home. */
  answers: (url: string) => Promise<boolean>
  /** Opens the home in this process and serves it. */
  open: () => Promise<{ url: string; close: () => Promise<void> }>
}

export interface Host {
  url: string
  /** true: this process holds the home; false: another one does and this one is its client */
  own: boolean
  /** Ends an own host once the requests in flight are answered; does nothing to another's. */
  close(): Promise<void>
}

// A host announces itself when its home is open, which the first time includes making the simulated market.
const PATIENCE_MS = 20_000
const PAUSE_MS = 50

/** The running host of a home, or this process as its host; throws `conflict` when the holder stays silent. */
export async function findOrBecomeHost({ claims, clock, sleep, answers, open }: HostPorts): Promise<Host> {
  const deadline = clock() + PATIENCE_MS
  for (;;) {
    const claim = await claims.newest()
    if (!claim || claim.over) {
      const number = (claim?.number ?? 0) + 1
      if (await claims.take(number)) return becomeHost(number)
      continue
    }
    const announced = await claims.announced()
    if (announced?.pid === claim.holder.pid && announced.birth === claim.holder.birth && (await answers(announced.url)))
      return { url: announced.url, own: false, close: async () => {} }
    if (clock() > deadline)
      throw new AppError(
        'conflict',
        `Process ${claim.holder.pid} holds this home and does not answer${announced ? ` at ${announced.url}` : ''}. Wait for it or end it, or name another home with --home.`,
      )
    await sleep(PAUSE_MS)
  }

  async function becomeHost(number: number): Promise<Host> {
    try {
      const served = await open()
      await claims.announce(served.url, new Date(clock()).toISOString())
      const close = async () => {
        await served.close()
        await claims.release(number)
      }
      return { url: served.url, own: true, close }
    } catch (error) {
      await claims.release(number)
      throw error
    }
  }
}
