import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import type { NodeJSProps } from 'sst/constructs'

/** A source map in which all is one place. */
const ONE_PLACE = Buffer.from('{"version":3,"sources":["package"],"mappings":"AAAA"}').toString('base64')

/**
 * Leaves packages out of source maps: they would be three quarters of a map, which Node reads whole before a function's first line runs,
 * and which count towards the size of its code.
 */
const ownMapsOnly: Plugin = {
  name: 'own-maps-only',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.*\.[cm]?js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8')
      const contents = `${code}\n//# sourceMappingURL=data:application/json;base64,${ONE_PLACE}`
      return { contents, loader: 'default' }
    })
  },
}

/** How code becomes one file: QuickJS stays a package, for the one function that carries it. */
const bundled = {
  external: ['@jitl/*'],
  plugins: [ownMapsOnly],
  sourcesContent: false,
} satisfies BuildOptions

/** How SST builds a function. */
export const nodejs: NodeJSProps = {
  format: 'esm',
  minify: true,
  // Beside the code, where Node finds it.
  sourcemap: true,
  // The type is that of the esbuild SST brings along; the part of it used here is the same in ours.
  esbuild: bundled as object,
}

/** The thread that runs strangers' code, beside the function that starts it: a thread starts from a file of its own. */
export async function buildThread(folder: string): Promise<void> {
  await build({
    ...bundled,
    entryPoints: ['functions/lambda/thread-aws.ts'],
    outfile: join(folder, 'functions/lambda/thread-aws.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    // Packages of the older kind ask for Node's own modules by require.
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    minify: true,
    keepNames: true,
    sourcemap: true,
    logLevel: 'warning',
  })
}
