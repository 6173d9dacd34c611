import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Tests that run strategies need the built worker thread. */
export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    stdio: 'inherit',
  })
}
