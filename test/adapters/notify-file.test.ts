import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { consoleNotifier } from '../../lib/adapters/local/notify-console.ts'
import { fileNotifier } from '../../lib/adapters/local/notify-file.ts'
import { noticeOf } from '../../lib/alerts/notice.ts'
import { fire, subscription } from './alert-stores-contract.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'saywhen-notify-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const notice = (symbol: string) => noticeOf(fire({ symbol, fire_id: `7.1.2026-11-20.${symbol}` }), subscription())
const path = () => join(home, 'fires.jsonl')
const append = (symbol: string, to = path()) => fileNotifier().send(notice(symbol), [{ kind: 'file', path: to }], 0)

test('each fire is one JSON line at the end of the file', async () => {
  const notifier = fileNotifier()
  const symbols = Array.from({ length: 50 }, (_, i) => `S${i}`)
  await Promise.all(symbols.map((symbol) => notifier.send(notice(symbol), [{ kind: 'file', path: path() }], 0)))
  const lines = (await readFile(path(), 'utf8')).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).symbol)).toEqual(symbols)
})

test('a line that was left unfinished does not spoil the next', async () => {
  await writeFile(path(), '{"symbol":"KO"}\n{"symb')
  expect(await append('PEP')).toEqual({ ok: true })
  const lines = (await readFile(path(), 'utf8')).split('\n')
  expect([lines[1], JSON.parse(lines[2]).symbol, lines[3]]).toEqual(['{"symb', 'PEP', ''])
})

test('a file that holds something else, and what is no file, are left alone', async () => {
  await writeFile(path(), 'export PATH=/bin\n')
  const link = join(home, 'link.jsonl')
  await symlink(path(), link)
  for (const to of [path(), link])
    expect(await append('KO', to)).toEqual({ ok: false, error: 'holds something else than JSON lines' })
  expect(await readFile(path(), 'utf8')).toBe('export PATH=/bin\n')
  await expect(append('KO', home)).rejects.toMatchObject({ code: 'EISDIR' })
  await expect(append('KO', join(home, 'nowhere', 'fires.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('the console gets one line with the ids of fire and alert', async () => {
  let out = ''
  await consoleNotifier((text) => (out += text)).send(notice('KO'), [{ kind: 'console' }], 0)
  expect(out).toBe('2026-11-20T21:00:00Z  KO fired on 2026-11-20: gap up  (fire 7.1.2026-11-20.KO, alert 7.1.a)\n')
})
