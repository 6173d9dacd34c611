/** Part of the build: makes the snapshot of the sandbox's engine and stores it beside the bundles. */
import { writeSnapshot } from '../lib/adapters/local/quickjs-engine.ts'

await writeSnapshot(new URL('./engine.bin', import.meta.url))
