import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { smtpNotifier } from '../../lib/adapters/local/smtp.ts'
import { noticeOf } from '../../lib/alerts/notice.ts'
import { fire, subscription } from './alert-stores-contract.ts'

let server: Server
afterEach(() => new Promise((resolve) => server.close(resolve)))

/** As much of an SMTP server (RFC 5321) as takes one mail; `recipient` is its answer to RCPT TO. */
async function mailServer(recipient = '250 ok'): Promise<{ url: string; commands: string[]; mails: string[] }> {
  const commands: string[] = []
  const mails: string[] = []
  server = createServer((socket) => {
    let mail: string[] | null = null
    let rest = ''
    socket.write('220 test ESMTP\r\n')
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString('utf8')).split('\r\n')
      rest = lines.pop()!
      for (const line of lines) {
        if (mail !== null) {
          if (line !== '.') mail.push(line)
          else {
            mails.push(mail.join('\n'))
            mail = null
            socket.write('250 taken\r\n')
          }
          continue
        }
        commands.push(line)
        if (line.startsWith('RCPT')) socket.write(`${recipient}\r\n`)
        else if (line === 'DATA') {
          mail = []
          socket.write('354 go on\r\n')
        } else if (line === 'QUIT') socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, commands, mails }
}

const ANN = { kind: 'email', address: 'ann@example.com' } as const
const send = (url: string, notice = noticeOf(fire(), subscription())) =>
  smtpNotifier(url, 'Saywhen <alerts@example.org>').send(notice, [ANN], 0)

test('a notice is one mail of plain text to the address, with the fire’s id', async () => {
  const { url, commands, mails } = await mailServer()
  expect(await send(url)).toEqual({ ok: true })
  expect(commands).toEqual(expect.arrayContaining(['MAIL FROM:<alerts@example.org>', 'RCPT TO:<ann@example.com>']))
  expect(commands.filter((line) => line.startsWith('RCPT'))).toHaveLength(1)
  const [mail] = mails
  for (const part of [
    'From: Saywhen <alerts@example.org>',
    'To: ann@example.com',
    'Subject: BRK.B fired on 2026-11-20: gap up',
    'X-Saywhen-Fire: 7.1.2026-11-20.BRK.B',
    'Content-Type: text/plain; charset=utf-8',
    'Price     475.25 at the close',
  ])
    expect(mail).toContain(part)
})

test('the same mail sent twice has the same id, another has another', async () => {
  const { url, mails } = await mailServer()
  await send(url)
  await send(url)
  await send(url, noticeOf(fire({ fire_id: '7.1.2026-11-20.KO', symbol: 'KO' }), subscription()))
  const ids = mails.map((mail) => /^Message-ID: (.*)$/im.exec(mail)?.[1])
  expect(ids[0]).toMatch(/^<[0-9a-f]{32}@example\.org>$/)
  expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false])
})

test('an address the server refuses is a failure that says so', async () => {
  const { url } = await mailServer('550 no such user')
  await expect(send(url)).rejects.toThrow(/550 no such user/)
})

test('a server that is not there is a failure', async () => {
  const { url } = await mailServer()
  await new Promise((resolve) => server.close(resolve))
  await expect(send(url)).rejects.toThrow(/ECONNREFUSED/)
  server = createServer().listen(0)
})
