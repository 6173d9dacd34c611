import { mkdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Bundles the tests' worker entry to plain JavaScript, beside the packages it imports, and returns where it lies. */
export async function buildTestWorker(name: string): Promise<URL> {
  const directory = fileURLToPath(new URL('../../node_modules/.cache/saywhen-tests/', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const outfile = `${directory}${name}-${process.pid}.mjs`
  await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  })
  return pathToFileURL(outfile)
}
