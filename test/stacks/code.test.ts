import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { builtinModules, createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { SIZES } from '../../stacks/sizes.ts'
import { idOf, lambdasOf, type Resource, synthesized } from './synthesized.ts'

/** Bytes of a function's code as Lambda takes it; generate has TypeScript's parser with it, which it reads when somebody sends code. */
const mostZipped = (name: string) => (name === 'generate' ? 2 : 1.5) * 2 ** 20
/** What the first import of a function may take of a processor, as a part of what TypeScript's compiler takes: 250 of 625 ms. */
const MOST_START = 0.4
const stacks = await synthesized({ stage: 'production', code: true })
const names = Object.keys(SIZES)
const lambdas = lambdasOf(stacks)

/** The folder whose content is the function's code. */
const assetOf = ({ Properties }: Resource): string =>
  join(stacks.directory, 'dist', `asset.${(Properties.Code.S3Key as string).replace('.zip', '')}`)

/** What Lambda would start it with: the variables of its template, its region and credentials that nobody takes. */
const environmentOf = ({ Properties }: Resource): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(Properties.Environment.Variables).map(([name, value]) => [name, stacks.words(value)]),
  ),
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
})

/** What the first import of a module takes of a processor, in milliseconds, and what its handler is. */
function importOf(file: URL, env: Record<string, string>): { type: string; ms: number } {
  const script = `
    const before = process.cpuUsage()
    const { handler } = await import(${JSON.stringify(file)})
    const { user, system } = process.cpuUsage(before)
    console.log(typeof handler, Math.round((user + system) / 1_000))
    process.exit(0)`
  const ran = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    env: { ...env, PATH: process.env.PATH ?? '' },
    encoding: 'utf8',
  })
  expect(ran.stderr).toBe('')
  const [type, ms] = ran.stdout.trim().split(' ')
  return { type, ms: Number(ms) }
}

let reference: number | undefined
/** The same for TypeScript's compiler: what this machine takes for a piece of work that is known. */
function compiler(): number {
  const file = pathToFileURL(createRequire(import.meta.url).resolve('typescript'))
  reference ??= Math.min(...[1, 2, 3].map(() => importOf(file, {}).ms))
  return reference
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile())

test('the templates come with a manifest and one function for each that has a size', () => {
  expect(existsSync(join(stacks.directory, 'dist', 'manifest.json'))).toBe(true)
  expect(lambdas.map(({ id }) => id).sort()).toEqual(names.map(idOf).sort())
  expect(readdirSync('functions/lambda').map((file) => file.replace('.ts', ''))).toEqual(expect.arrayContaining(names))
})

describe.each(names)('%s', (name) => {
  const lambda = stacks.one('AWS::Lambda::Function', idOf(name))

  test('runs its file on Node 22 on ARM, with a log that ends and traces', () => {
    expect(lambda.Properties).toMatchObject({
      Handler: `functions/lambda/${name}.handler`,
      Runtime: 'nodejs22.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    })
    expect(stacks.words(lambda.Properties.LoggingConfig.LogGroup)).toBe(`${idOf(name)}log`)
    expect(stacks.one('AWS::Logs::LogGroup', `${idOf(name)}log`).Properties.RetentionInDays).toBe(90)
  })

  test('is minified, has a source map and is small', () => {
    const folder = assetOf(lambda)
    const files = filesOf(folder)
    expect(files).toEqual(expect.arrayContaining([`functions/lambda/${name}.mjs`, `functions/lambda/${name}.mjs.map`]))
    const code = readFileSync(join(folder, `functions/lambda/${name}.mjs`), 'utf8')
    expect(code).toMatch(/export\s*\{/)
    expect(code.length / code.split('\n').length).toBeGreaterThan(60)
    const zipped = files.reduce((sum, file) => sum + deflateRawSync(readFileSync(join(folder, file))).length, 0)
    expect(zipped).toBeLessThan(mostZipped(name))
  })

  test('starts soon, from its folder alone', () => {
    const file = pathToFileURL(join(assetOf(lambda), `functions/lambda/${name}.mjs`))
    const start = () => {
      const { type, ms } = importOf(file, environmentOf(lambda))
      expect(type).toBe('function')
      return ms
    }
    // The least of some: other work on this machine is no part of it.
    let least = start()
    for (let again = 0; again < 7 && least >= MOST_START * compiler(); again++) least = Math.min(least, start())
    expect(least).toBeLessThan(MOST_START * compiler())
  })

  test('needs nothing that is not in its folder or in Node', () => {
    const code = readFileSync(join(assetOf(lambda), `functions/lambda/${name}.mjs`), 'utf8')
    const imported = [
      ...code.matchAll(/(?:^|[;\n}])\s*(?:import|export)\s*(?:[\w$*{}\s,]+\s*from)?\s*["']([^"'.][^"']*)["']/g),
    ]
    const outside = imported.map(([, specifier]) => specifier).filter((specifier) => !specifier.startsWith('node:'))
    expect(
      outside.filter((specifier) => !builtinModules.includes(specifier) && !specifier.startsWith('@jitl/')),
    ).toEqual([])
  })
})

/** A request that no authorizer has seen. */
const unseen = (route: string) => {
  const [method, path] = route.split(' ')
  const requestContext = { http: { method, path }, requestId: '1', routeKey: route, stage: '$default' }
  return {
    version: '2.0',
    routeKey: route,
    rawPath: path,
    rawQueryString: '',
    headers: {},
    requestContext,
    isBase64Encoded: false,
  }
}
/** A message that does not read. */
const unread = {
  Records: [
    { messageId: 'm1', body: '{}', attributes: { ApproximateReceiveCount: '1' }, eventSourceARN: 'arn:aws:sqs:::q' },
  ],
}
const REQUESTS = {
  ask: 'POST /backtest',
  runs: 'GET /runs',
  rules: 'POST /rules/check',
  subscriptions: 'GET /alerts',
  keys: 'GET /keys',
}
/** What comes of them; none of it asks AWS for anything. */
const ANSWERS = [
  { name: 'authorize', event: unseen('GET /runs'), answer: { isAuthorized: false } },
  ...Object.entries(REQUESTS).map(([name, route]) => ({ name, event: unseen(route), answer: { statusCode: 401 } })),
  ...['generate', 'chunk', 'merge', 'alert-run', 'notify'].map((name) => ({
    name,
    event: unread,
    answer: { batchItemFailures: [{ itemIdentifier: 'm1' }] },
  })),
]

test.each(ANSWERS)('the built $name refuses what it must not serve', ({ name, event, answer }) => {
  const lambda = stacks.one('AWS::Lambda::Function', idOf(name))
  const file = pathToFileURL(join(assetOf(lambda), `functions/lambda/${name}.mjs`))
  const script = `
    const { handler } = await import(${JSON.stringify(file)})
    const context = { awsRequestId: '1', functionName: '${name}', getRemainingTimeInMillis: () => 20_000 }
    const answer = await handler(${JSON.stringify(event)}, context)
    process.stdout.write('\\n' + JSON.stringify(answer), () => process.exit(0))`
  const ran = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    env: { ...environmentOf(lambda), PATH: process.env.PATH },
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect(JSON.parse(ran.stdout.split('\n').at(-1)!)).toMatchObject(answer)
})

test('of all functions only chunk carries QuickJS, its thread and the snapshot, and Node finds them there', () => {
  const carrying = lambdas.filter((lambda) => filesOf(assetOf(lambda)).some((file) => file.includes('quickjs')))
  expect(carrying.map(({ id }) => id)).toEqual(['chunk'])
  const folder = assetOf(carrying[0])
  expect(filesOf(folder)).toEqual(
    expect.arrayContaining(['functions/lambda/thread-aws.mjs', 'functions/lambda/engine.bin']),
  )
  const script = `
    const { default: variant } = await import('@jitl/quickjs-wasmfile-release-sync')
    const [ffi, load] = await Promise.all([variant.importFFI(), variant.importModuleLoader()])
    const { createRequire } = await import('node:module')
    const wasm = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
    console.log(typeof ffi, typeof load, (await import('node:fs')).statSync(wasm).size > 100_000)`
  // Out of reach of the project's own node_modules, the way a function is.
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(folder, 'functions/lambda'),
    encoding: 'utf8',
  })
  expect(ran.stderr).toBe('')
  expect(ran.stdout.trim()).toBe('function function true')
})

const templates = () => stacks.stacks.map(({ file }) => file)
const hasCfnLint = spawnSync('cfn-lint', ['--version'], { stdio: 'ignore' }).status === 0

if (hasCfnLint)
  test('cfn-lint finds nothing in the templates', () => {
    // W3005: an order that follows from a reference and is written down all the same, which CDK does.
    const { stdout, status } = spawnSync('cfn-lint', ['--ignore-checks', 'W3005', '--template', ...templates()], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })
else test.skip('skipped: no cfn-lint', () => {})
