import { Config, type Function as Lambda, type Stack } from 'sst/constructs'
import { buildThread } from './bundling.ts'
import { addObjects, changeObjects, getRecords, publish, readObjects, send, writeTable } from './grants.ts'
import { createLambda } from './lambda.ts'
import { feed } from './queues.ts'
import type { Resources } from './resources.ts'
import type { Settings } from './settings.ts'

const RESULTS = 'results/'

/** The package of QuickJS, as far as Node imports it: its other builds are as large again. */
const QUICKJS = 'node_modules/@jitl/quickjs-wasmfile-release-sync'
const quickjsFiles = ['package.json', 'dist/index.mjs', 'dist/ffi.mjs', 'dist/emscripten-module.mjs']
  .concat('dist/emscripten-module.wasm')
  .map((file) => ({ from: `${QUICKJS}/${file}`, to: `${QUICKJS}/${file}` }))

/** The functions that work the queues off. */
export function createWorkers(
  stack: Stack,
  resources: Resources,
  { quotas: environment, generator }: Settings,
): Record<string, Lambda> {
  const { table, bars, results, queues, alertTopic } = resources
  const { chunk, merge, generate, alert, notify } = queues

  // Holds the model's key, and runs nobody's code.
  const generateWorker = createLambda(stack, 'generate', resources, {
    may: [...writeTable(table), ...changeObjects(results, RESULTS), ...readObjects(bars), ...send(chunk)],
    environment: { ...environment, ...generator },
    bind: [new Config.Secret(stack, 'SAYWHEN_GEMINI_KEY')],
    // TypeScript's parser is five times as large as all the rest; it is needed for code that people send.
    splitting: true,
  })

  // The only one that runs strangers' code, in a thread: no secret, and nothing it may write but results and word of them.
  const chunkWorker = createLambda(stack, 'chunk', resources, {
    may: [...getRecords(table), ...addObjects(results, RESULTS), ...readObjects(bars), ...send(merge, generate)],
    copyFiles: [{ from: 'dist/engine.bin', to: 'functions/lambda/engine.bin' }, ...quickjsFiles],
    hooks: { afterBuild: (_, folder) => buildThread(folder) },
  })

  // Takes a result back whose run was cancelled meanwhile.
  const mergeWorker = createLambda(stack, 'merge', resources, {
    may: [...writeTable(table), ...changeObjects(results, RESULTS), ...readObjects(bars), ...send(chunk)],
    environment,
  })
  const alertWorker = createLambda(stack, 'alert-run', resources, {
    may: [...writeTable(table), ...addObjects(results, RESULTS), ...readObjects(bars), ...send(chunk, alert, notify)],
    environment,
  })
  const notifyWorker = createLambda(stack, 'notify', resources, {
    may: [...writeTable(table), ...publish(alertTopic), ...send(notify)],
  })

  // Together under 300 of the 1,000 calls at once an account has at first: the API is never without.
  feed(generateWorker, generate, { atOnce: 20 }) // what a model's rate limit lets through
  feed(chunkWorker, chunk, { atOnce: 200 }) // the width of a run; SQS adds 300 a minute, so it is there within a minute
  feed(mergeWorker, merge, { atOnce: 30 }) // short calls: one for each step of a run
  feed(alertWorker, alert, { atOnce: 20 }) // they wait for chunks: more of them would only wait longer
  feed(notifyWorker, notify, { atOnce: 10, batch: 10 }) // a hundred webhooks at once, each 3 s at most

  return {
    generate: generateWorker,
    chunk: chunkWorker,
    merge: mergeWorker,
    'alert-run': alertWorker,
    notify: notifyWorker,
  }
}
