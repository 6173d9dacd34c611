import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import type { Service } from '../../lib/adapters/aws/retry.ts'
import { realWaiting } from '../adapters/waiting.ts'

/** Servers on loopback that speak AWS's protocols. */
const place = (endpoint: string): Service => ({
  endpoint,
  region: 'us-east-1',
  // The emulators take any credentials; naming some keeps the SDK from looking for real ones.
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  waiting: realWaiting(),
})

/** fauxqs, in this process. */
export async function openFauxqs(): Promise<{ service: Service; server: FauxqsServer; stop(): Promise<unknown> }> {
  const { startFauxqs } = await import('fauxqs')
  const server = await startFauxqs({ port: 0, logger: false })
  return { service: place(`http://127.0.0.1:${server.port}`), server, stop: () => server.stop() }
}
type FauxqsServer = Awaited<ReturnType<typeof import('fauxqs')['startFauxqs']>>

/** Whether moto's server stands on this machine; it is no npm package. */
export const hasMoto = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0

/** moto, in a process of its own. */
export async function openMoto(): Promise<{ service: Service; stop(): Promise<void> }> {
  const port = await freePort()
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const service = place(`http://127.0.0.1:${port}`)
  for (let tries = 0; ; tries++) {
    const answers = await fetch(`${service.endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answers) break
    if (tries === 300) throw new Error('moto_server does not answer.')
    await service.waiting.sleep(100)
  }
  const stop = async () => {
    child.kill()
    await ended
  }
  return { service, stop }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
