/** Imports a directory of bars into a home given on the command line, until it is killed or done. */
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { openBars } from '../../lib/adapters/local/files.ts'
import { importBars } from '../../lib/market/import.ts'

const [home, path] = process.argv.slice(2)
const objects = await openDirectory(home)
process.stdout.write('importing\n')
await importBars(objects, await openBars(path))
process.stdout.write('stored\n')
