import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { openBars } from '../../lib/adapters/local/files.ts'
import { isoDay } from '../../lib/core/days.ts'
import { seeded } from '../../lib/core/random.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { importBars } from '../../lib/market/import.ts'
import { checkBars } from '../../lib/market/inspect.ts'
import { readCatalog } from '../../lib/market/store.ts'
import { HEADER } from './worlds.ts'

let root: string
/** The importing program as one file: it starts in a tenth of a second. */
let child: string

/** Twelve symbols of two years, every close the given price. */
async function writeBars(folder: string, price: number): Promise<void> {
  await mkdir(folder)
  const lines = [HEADER]
  for (let day = 17_700; day < 18_461; day++)
    if (nyse.isSession(day)) lines.push(`${isoDay(day)},${price},${price},${price},${price},100`)
  for (let i = 0; i < 12; i++) await writeFile(join(folder, `S${i}.csv`), `${lines.join('\n')}\n`)
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'saywhen-kill-'))
  child = join(root, 'import-child.mjs')
  const entry = fileURLToPath(new URL('import-child.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outfile: child,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  await writeBars(join(root, 'old'), 10)
  await writeBars(join(root, 'new'), 20)
  await importBars(await openDirectory(join(root, 'home-old')), await openBars(join(root, 'old')))
  await importBars(await openDirectory(join(root, 'home-new')), await openBars(join(root, 'new')))
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

/** Runs the import in another process, kills it `afterMs` into its work, and says whether it had said that it was done. */
function killed(home: string, afterMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [child, home, join(root, 'new')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    run.stdout.on('data', (text) => {
      if (said === '') setTimeout(() => run.kill('SIGKILL'), afterMs)
      said += text
    })
    run.on('error', reject)
    run.on('close', () => resolve(said.includes('stored')))
  })
}

test('killed at any moment an import leaves the old or the new bars, and the next one completes', async () => {
  const version = async (home: string) => (await readCatalog(await openDirectory(home), '1d'))!.version
  const versions = { old: await version(join(root, 'home-old')), new: await version(join(root, 'home-new')) }
  const uniform = seeded(11)
  let interrupted = 0
  for (let round = 0; round < 3; round++) {
    const home = join(root, `home-${round}`)
    await cp(join(root, 'home-old'), home, { recursive: true })
    const done = await killed(home, 10 + Math.floor(uniform() * 150))
    const after = await version(home)
    expect([versions.old, versions.new]).toContain(after)
    if (done) expect(after).toBe(versions.new)
    if (after === versions.old) interrupted++
    const objects = await openDirectory(home)
    expect((await checkBars(objects)).damaged).toEqual([])
    await importBars(objects, await openBars(join(root, 'new')))
    expect(await version(home)).toBe(versions.new)
    expect((await checkBars(objects)).ok).toBe(true)
  }
  expect(interrupted).toBeGreaterThan(0)
})
