import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ServeOptions } from '../../lib/cli/deps.ts'
import { SECRET } from '../functions/fake-keys.ts'
import { run } from './fake-deps.ts'

const THIRTY_TWO = 'a'.repeat(32)

test('keys create prints the key once, with its id, owner and end', async () => {
  const { code, out, err, keys } = await run(['keys', 'create', 'laptop', '--expires-in', '90'])
  expect([code, err]).toEqual([0, ''])
  expect(out.split(SECRET)).toHaveLength(2)
  expect(out).toMatch(/Id +key-1\nOwner +local\nExpires +never/)
  expect(out).toContain('it is not shown again')
  const caller = { owner: 'local', operator: true }
  expect(keys.asked).toEqual([['create', caller, { name: 'laptop', expires_in_days: 90 }]])
})

test('keys create --owner makes another owner’s key', async () => {
  const { keys } = await run(['keys', 'create', 'first', '--owner', 'alice@example.com'])
  expect(keys.asked[0][2]).toEqual({ name: 'first', owner: 'alice@example.com' })
})

test('keys list shows ids, names and last characters, never a key', async () => {
  const { out } = await run(['keys', 'list'])
  expect(out).toMatch(
    /^id +name +ends in +created +expires +revoked\nkey-1 +laptop +\.\.\.wxyz +2026-11-22 +never +-\n$/,
  )
})

test('keys revoke says since when', async () => {
  const { code, out } = await run(['keys', 'revoke', 'key-1'])
  expect([code, out]).toEqual([0, 'Key key-1 (laptop, ...wxyz) is revoked since 2026-11-23T12:00:00.000Z.\n'])
  const unknown = await run(['keys', 'revoke', '../strategies'])
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('no key id')])
})

test('keys operator makes a key and the hash to configure, without asking anyone', async () => {
  const { code, json, places } = await run(['keys', 'operator', '--json'])
  const secret = `swo_${Buffer.alloc(32, 7).toString('base64url')}`
  const hash = createHash('sha256').update(secret).digest('hex')
  expect([code, json, places]).toEqual([0, { success: true, secret, hash }, []])
  expect((await run(['keys', 'operator'])).out).toContain(`Hash  ${hash}`)
})

test.each([
  [['keys'], /keys takes one of: keys create, keys list, keys revoke, keys operator/],
  [['keys', 'create'], /keys create needs NAME/],
  [['keys', 'create', 'x', '--expires-in', '0'], /--expires-in is a whole number from 1/],
  [['list', '--key', 'swk_x'], /--key is for a deployment: name it with --url/],
  [['list', '--url', 'http://h', '--key', 'swk x'], /characters that no key has/],
])('%j is wrong usage', async (argv, reason) => {
  const { code, err, places } = await run(argv)
  expect([code, err, places]).toEqual([2, expect.stringMatching(reason), []])
})

test('the key of --key, else of SAYWHEN_KEY, goes to --url; a local home is shown none', async () => {
  const env = { SAYWHEN_KEY: 'swk_env' }
  const url = 'https://api.example'
  expect((await run(['list', '--url', url, '--key', 'swk_flag'], { env })).places).toEqual([{ url, key: 'swk_flag' }])
  expect((await run(['--key', 'swk_flag', '--url', url, 'list'], { env })).places).toEqual([{ url, key: 'swk_flag' }])
  expect((await run(['list', '--url', url], { env })).places).toEqual([{ url, key: 'swk_env' }])
  expect((await run(['list', '--url', url])).places).toEqual([{ url, key: undefined }])
  expect((await run(['list'], { env })).places).toEqual([{ home: '.saywhen' }])
})

test.each([
  [401, {}, /refuses requests without a key \(status 401\)/],
  [403, { SAYWHEN_KEY: 'swk_env' }, /refuses this key \(status 403\)/],
])('a gateway’s own answer %i says what to do and does not repeat the key', async (status, env, reason) => {
  const connect = async () => ({
    url: () => 'https://api.example',
    lasts: () => true,
    request: async () => ({ status, body: { message: 'Forbidden' } }),
    close: async () => {},
  })
  const { code, err } = await run(['list', '--url', 'https://api.example'], {
    env: env as Record<string, string>,
    changes: { connect },
  })
  expect([code, err.replace(/\s+/g, ' ')]).toEqual([1, expect.stringMatching(reason)])
  expect(err).not.toContain('swk_env')
})

/** Runs serve and gives what it asked of the machine. */
async function served(argv: string[], env: Record<string, string> = {}) {
  const asked: ServeOptions[] = []
  const serve = async (options: ServeOptions) => {
    asked.push(options)
    return { url: 'http://0.0.0.0:8080', stopped: Promise.resolve() }
  }
  const { code, err } = await run(['serve', ...argv], { env, changes: { serve } })
  return { code, err, asked }
}

test('serve answers this machine only, unless a host is named', async () => {
  const home = '.saywhen'
  expect((await served([])).asked).toEqual([{ home, port: undefined, elsewhere: undefined }])
  expect((await served(['--host', '127.0.0.1'], { SAYWHEN_TOKEN: THIRTY_TWO })).asked[0].elsewhere).toBeUndefined()
})

test('serve answers others with the token of --token, else of SAYWHEN_TOKEN', async () => {
  const argv = ['--host', '0.0.0.0', '--port', '8080']
  const elsewhere = { host: '0.0.0.0', token: THIRTY_TWO }
  const expected = [{ home: '.saywhen', port: 8080, elsewhere }]
  expect((await served([...argv, '--token', THIRTY_TWO])).asked).toEqual(expected)
  expect((await served(argv, { SAYWHEN_TOKEN: THIRTY_TWO })).asked).toEqual(expected)
})

test.each([
  [['--host', '0.0.0.0'], /give a token of at least 32/],
  [['--host', '0.0.0.0', '--token', 'a'.repeat(31)], /at least 32/],
  [['--host', '192.168.1.7', '--token', `${'a'.repeat(31)} b`], /at least 32 letters, digits and signs/],
  [['--token', THIRTY_TWO], /name an address with --host/],
  [['--host', 'localhost', '--token', THIRTY_TWO], /name an address with --host/],
])('serve %j binds nothing', async (argv, reason) => {
  const { code, err, asked } = await served(argv)
  expect([code, err, asked]).toEqual([2, expect.stringMatching(reason), []])
  expect(err).not.toContain('a'.repeat(31))
})
