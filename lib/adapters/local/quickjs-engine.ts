import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { deserialize, serialize } from 'node:v8'
import { guestSource } from '../../sandbox/guest.ts'
import { type EngineCode, loadInstance } from '../../sandbox/instance.ts'
import { DEFAULT_LIMITS } from '../../sandbox/sandbox.ts'
import type { Snapshot } from '../../sandbox/snapshot.ts'

/** A snapshot with the hash of the engine's WebAssembly and the guest's source that it was made of. */
interface SnapshotFile {
  key: string
  snapshot: Snapshot
}

/**
 * QuickJS, compiled once per process: threads share it when it is handed to them. A snapshot's file spares them the reading
 * of the guest's source; one that is absent, or was made of another engine or source, is left alone.
 */
export async function loadEngine(snapshotFile?: URL): Promise<EngineCode> {
  const wasm = await readWasm()
  const [module, stored] = await Promise.all([
    WebAssembly.compile(wasm),
    snapshotFile === undefined ? undefined : readFile(snapshotFile).catch(() => undefined),
  ])
  const file: SnapshotFile | undefined = stored && deserialize(stored)
  return file?.key === keyOf(wasm) ? { module, snapshot: file.snapshot } : { module }
}

/** Makes the snapshot and stores it; part of the build. */
export async function writeSnapshot(file: URL): Promise<void> {
  const { snapshot } = await loadInstance(DEFAULT_LIMITS.memoryBytes)
  const written: SnapshotFile = { key: keyOf(await readWasm()), snapshot }
  await writeFile(file, serialize(written))
}

function readWasm(): Promise<Uint8Array> {
  return readFile(createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm'))
}

function keyOf(wasm: Uint8Array): string {
  return createHash('sha256').update(wasm).update(guestSource()).digest('hex')
}
