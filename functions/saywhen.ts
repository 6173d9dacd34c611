import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { randomBytes, sleep, systemClock } from '../lib/adapters/local/clock.ts'
import { consoleIo } from '../lib/adapters/local/console.ts'
import { hostClaims } from '../lib/adapters/local/host-claims.ts'
import type { Deps, Served, ServeOptions } from '../lib/cli/deps.ts'
import { INTERRUPTED, main } from '../lib/cli/main.ts'
import { AppError } from '../lib/core/errors.ts'
import { httpJson } from '../lib/local/client.ts'
import { connectHome, connectUrl } from '../lib/local/connection.ts'
import { findOrBecomeHost, type Host } from '../lib/local/host.ts'
import pkg from '../package.json'
import { createLocalApplication, localImports } from './app.ts'
import { type Gateways, openGateways } from './gateways.ts'
import { modelOf } from './generator.ts'
import { limitsOf } from './limits.ts'
import { notifySettingsOf } from './local-alerts.ts'
import { providerOf } from './providers.ts'
import { quotasOf } from './quotas.ts'

/** The command line's entry: this machine's console, files and host. */

const HEALTH_MS = 2_000
const SERVE_PATIENCE_MS = 5_000

interface HostOptions extends Omit<ServeOptions, 'home'> {
  spare?: boolean
  opened?: (gateways: Gateways) => void
}

/** The host of a home: one that runs already, or this process. */
async function hostOf(directory: string, options: HostOptions = {}): Promise<Host> {
  const { spare, opened, ...where } = options
  await mkdir(directory, { recursive: true })
  // A home has one name, however it was reached.
  const home = await realpath(directory)
  return findOrBecomeHost({
    claims: hostClaims(home),
    clock: systemClock,
    sleep,
    answers: async (url) => {
      const answer = await httpJson(url, 'GET', '/health', undefined, { timeoutMs: HEALTH_MS }).catch(() => undefined)
      return (answer?.body as { home?: unknown } | undefined)?.home === home
    },
    open: async () => {
      const app = await createLocalApplication({
        home,
        spare,
        limits: limitsOf(process.env),
        quotas: quotasOf(process.env, {}),
        notify: notifySettingsOf(process.env),
        model: () => modelOf(process.env),
        // A command that holds the home for its own short work watches nothing.
        watchAlerts: spare ? consoleIo().out : undefined,
      })
      try {
        const about = { version: pkg.version, pid: process.pid, home }
        const gateways = await openGateways(app, about, where)
        opened?.(gateways)
        const close = async () => {
          await gateways.close()
          await app.close()
        }
        return { url: gateways.url, close }
      } catch (error) {
        await app.close()
        throw error
      }
    },
  })
}

/** Holds a home until SIGINT or SIGTERM; a command that holds it for its own short work is waited for. */
async function serve({ home, ...where }: ServeOptions): Promise<Served> {
  const deadline = systemClock() + SERVE_PATIENCE_MS
  let url: string | undefined
  const options: HostOptions = { ...where, spare: true, opened: (gateways) => (url = gateways.elsewhereUrl) }
  let host = await hostOf(home, options)
  while (!host.own && systemClock() < deadline) {
    await sleep(100)
    host = await hostOf(home, options)
  }
  if (!host.own)
    throw new AppError('conflict', `${home} is served already, at ${host.url}. Use that, or another --home.`)
  const told = new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop())
  })
  return { url: url ?? host.url, stopped: told.then(() => host.close()) }
}

const deps: Deps = {
  io: consoleIo(),
  env: process.env,
  version: pkg.version,
  readFile: (path) => readFile(path, 'utf8'),
  writeFile: (path, text) => writeFile(path, text),
  sleep,
  onInterrupt: (told) => {
    process.once('SIGINT', told)
    return () => process.off('SIGINT', told)
  },
  randomBytes,
  connect: async (place) => ('url' in place ? connectUrl(place.url, place.key) : connectHome(() => hostOf(place.home))),
  imports: (home) => localImports(resolve(home), (name) => providerOf(name, process.env)),
  serve,
  // They lie beside the built command.
  reportAssets: async () => {
    const [script, style] = await Promise.all(
      ['report.js', 'report.css'].map((name) => readFile(new URL(name, import.meta.url), 'utf8')),
    )
    return { script, style }
  },
  absolutePath: (path) => resolve(path),
  objectPath: (home, key) => join(home, key),
}

process.exitCode = await main(process.argv.slice(2), deps)
// Whoever interrupts does not wait for the answer that is still to come.
if (process.exitCode === INTERRUPTED) process.exit()
