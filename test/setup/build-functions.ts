import { run } from './build.ts'

/** Tests of a deployment run its built functions. */
export default function buildFunctions(): void {
  run('build:aws')
}
