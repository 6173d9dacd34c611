import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import pkg from '../../package.json' with { type: 'json' }

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

test('the built command line needs nothing that npm ci --omit=dev leaves out', () => {
  const known = new Set([...Object.keys(pkg.dependencies), ...builtinModules])
  const bundles = readdirSync(dist).filter((name) => name.endsWith('.mjs'))
  expect(bundles).toContain('saywhen.mjs')
  const missing = bundles.flatMap((bundle) =>
    [...readFileSync(dist + bundle, 'utf8').matchAll(/^(?:import|export)\b[^'"]*?["']([^'"]+)["'];?$/gm)]
      .map(([, specifier]) => specifier.replace(/^node:/, ''))
      .map((specifier) =>
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((name) => !known.has(name) && !name.startsWith('.'))
      .map((name) => `${bundle} -> ${name}`),
  )
  expect(missing).toEqual([])
})
