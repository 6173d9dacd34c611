/** `npm run synth [STAGE]`: the templates of all stacks in .sst/, offline and without an account. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { synthesize } from './synthesize.ts'

const [stage = 'dev'] = process.argv.slice(2)
const directory = join(process.cwd(), '.sst')
const manifest = join(directory, 'dist', 'manifest.json')
rmSync(join(directory, 'dist'), { recursive: true, force: true })
const stacks = await synthesize({ stage, directory, env: process.env })
if (!existsSync(manifest)) throw new Error(`${manifest} was not written.`)
for (const { name, file, template } of stacks)
  console.log(`${name.padEnd(10)} ${String(Object.keys(template.Resources).length).padStart(4)} resources  ${file}`)
