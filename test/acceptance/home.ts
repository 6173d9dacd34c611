import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createLocalApplication, localImports } from '../../functions/app.ts'
import type { Application, CreateRequest, RunAnswer } from '../../functions/application.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'

export const thread = pathToFileURL(fileURLToPath(new URL('../../dist/thread.mjs', import.meta.url)))

/** A fresh home directory under the system's temporary folder. */
export function newHome(): { home: string; imports: ReturnType<typeof localImports>; remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), 'saywhen-test-'))
  return { home, imports: localImports(home), remove: () => rmSync(home, { recursive: true, force: true }) }
}

export function openApplication(home: string): Promise<Application> {
  return createLocalApplication({ home, thread })
}

/** The strategy that a request creates; throws with the answer when nothing was stored. */
export async function created(app: Application, request: CreateRequest): Promise<Strategy> {
  const answer = await app.createStrategy(request)
  if (answer.status !== 'created') throw new Error(JSON.stringify(answer))
  return answer.strategy
}

/** The result of a run that is done when it is answered, as every one is on one machine. */
export async function resultOf(asked: Promise<RunAnswer>): Promise<Record<string, unknown>> {
  const answer = await asked
  if (answer.state !== 'done') throw new Error(JSON.stringify(answer))
  return answer.result
}

export interface SignalRow {
  symbol: string
  date: string
  side: 'long' | 'short'
}

/** The list a request for signals is answered with. */
export async function signalsOf(asked: Promise<RunAnswer>): Promise<SignalRow[]> {
  return (await resultOf(asked)).signals as SignalRow[]
}

export const nothing = () => {}

/** The built command line. */
export const bin = fileURLToPath(new URL('../../dist/saywhen.mjs', import.meta.url))

/** Runs commands on a home as a user would, each in a process of its own. */
export function saywhenIn(home: string) {
  return (...words: string[]) => {
    const ran = spawnSync(process.execPath, [bin, ...words, '--home', home, '--json'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    return { code: ran.status, answer: ran.stdout === '' ? null : JSON.parse(ran.stdout) }
  }
}
