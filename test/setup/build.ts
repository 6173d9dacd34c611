import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Tests that run strategies need the built worker thread. */
export default function build(): void {
  run('build')
}

export function run(script: string): void {
  execFileSync('npm', ['run', '--silent', script], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    stdio: 'inherit',
  })
}
