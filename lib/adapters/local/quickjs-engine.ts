import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

/** The engine's WebAssembly, compiled once per process; threads share the compiled module when it is handed to them. */
export async function compileEngine(): Promise<WebAssembly.Module> {
  const file = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
  return WebAssembly.compile(await readFile(file))
}
