import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** From the top down: a file may import its own layer's folder and the layers below. */
const LAYERS = [
  ['stacks'],
  ['functions'],
  ['lib/adapters'],
  ['lib/cli'],
  ['lib/local'],
  ['lib/runs', 'lib/access'],
  ['lib/generate', 'lib/backtest', 'lib/screener', 'lib/alerts'],
  ['lib/signals'],
  ['lib/sandbox'],
  ['lib/rule'],
  ['lib/strategy'],
  ['lib/market'],
  ['lib/core'],
]

/** Modules that only adapters and the composition in functions may import. */
const OUTSIDE = /^(node:(fs|fs\/promises|child_process|http|https|net|os|process)|@aws-sdk\/.*|dynalite|@google\/.*)$/
const AMBIENT =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.env\b|\bconsole\.(log|error|warn)\(|\.toLocale(Date|Time)String\(/

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

const sources = ['stacks', 'functions', 'lib'].flatMap((folder) => {
  try {
    return files(folder)
  } catch {
    return []
  }
})

const folderOf = (file: string): string => {
  const parts = file.split('/')
  return parts[0] === 'lib' ? parts.slice(0, 2).join('/') : parts[0]
}
const layerOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder))

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1])
}

test('every source file lies in a folder of the layout', () => {
  expect(sources.filter((file) => layerOf(folderOf(file)) < 0)).toEqual([])
  expect(sources.length).toBeGreaterThan(50)
})

test('imports point down only', () => {
  const wrong: string[] = []
  for (const file of sources) {
    for (const specifier of importsOf(file).filter((each) => each.startsWith('.'))) {
      const target = normalize(join(dirname(file), specifier))
      if (target === 'package.json') continue
      const [from, to] = [folderOf(file), folderOf(target)]
      if (from !== to && !(layerOf(to) > layerOf(from))) wrong.push(`${file} -> ${relative('.', target)}`)
    }
  }
  expect(wrong).toEqual([])
})

test('no file imports itself around a circle', () => {
  const graph = new Map(
    sources.map((file) => [
      file,
      importsOf(file)
        .filter((each) => each.startsWith('.'))
        .map((each) => normalize(join(dirname(file), each))),
    ]),
  )
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    else if (!done.has(file)) {
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
  }
  for (const file of sources) visit(file, [])
  expect(circles).toEqual([])
})

test('files, network and SDKs are imported by adapters and functions only', () => {
  const inside = sources.filter(
    (file) => file.startsWith('lib/') && !file.startsWith('lib/adapters/') && !file.startsWith('lib/local/'),
  )
  const wrong = inside.flatMap((file) =>
    importsOf(file)
      .filter((each) => OUTSIDE.test(each))
      .map((each) => `${file} -> ${each}`),
  )
  expect(wrong).toEqual([])
})

test('no ambient clock, randomness, environment or console in lib outside adapters', () => {
  // The guest's own Date and Math.random are written in the texts of lib/sandbox/guest.
  const outside = /^lib\/(adapters|sandbox\/guest)\//
  const inside = sources.filter((file) => file.startsWith('lib/') && !outside.test(file))
  const wrong = inside.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        AMBIENT.test(line.replace(/\/\/.*|^\s*\*.*/, '')) ? [`${file}:${i + 1}: ${line.trim()}`] : [],
      ),
  )
  expect(wrong).toEqual([])
})
