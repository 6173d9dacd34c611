import { expect, test } from 'vitest'
import { type Channel, type ChannelKind, type ChannelPolicy, checkChannels } from '../../lib/alerts/channel.ts'
import { isPublicAddress } from '../../lib/alerts/public-address.ts'

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '192.167.255.255',
  '169.253.0.1',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2001:4860:4860::8888',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2002:808:808::1',
])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true))

test.each([
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.0.8',
  '198.18.0.1',
  '198.19.255.255',
  '203.0.113.5',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::7f00:1',
  'fe80::1',
  'fe80::1%eth0',
  'fc00::1',
  'fd12:3456::1',
  'fec0::1',
  'ff02::1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::8.8.8.8',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '2001:0:1::1',
  '2001:db8::1',
  '3fff::1',
  '100::1',
  '5f00::1',
  '1.2.3',
  '1.2.3.256',
  '1:2:3:4:5:6:7',
  '1::2::3',
  'example.com',
  '',
])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false))

const all = new Set<ChannelKind>(['email', 'webhook', 'console', 'file'])
const away: ChannelPolicy = { kinds: all, http: false, privateAddresses: false }
const here: ChannelPolicy = { ...away, http: true }
const check =
  (policy: ChannelPolicy, ...channels: Channel[]) =>
  () =>
    checkChannels(channels, policy)
const hook = (url: string): Channel => ({ kind: 'webhook', url })
const mail = (address: string): Channel => ({ kind: 'email', address })

test.each([
  'https://example.com/hook?a=1',
  'https://example.com:8443/',
  'https://93.184.216.34/',
  'https://[2606:4700:4700::1111]/',
])('%s is a webhook everywhere', (url) => {
  expect(check(away, hook(url))).not.toThrow()
})

test.each([
  ['http://example.com/', /does not begin with https:/],
  ['ftp://example.com/', /does not begin with https:/],
  ['file:///etc/passwd', /does not begin with https:/],
  ['example.com', /is no URL/],
  ['https://user:secret@example.com/', /user name or password/],
  ['https://user@example.com/', /user name or password/],
  ['https://localhost/', /private network/],
  ['https://LOCALHOST./', /private network/],
  ['https://a.localhost/', /private network/],
  ['https://printer.local/', /private network/],
  ['https://metadata.google.internal/', /private network/],
  ['https://intranet/', /private network/],
  ['https://127.0.0.1/', /private network/],
  ['https://127.1/', /private network/],
  ['https://2130706433/', /private network/],
  ['https://0x7f.0.0.1/', /private network/],
  ['https://0177.0.0.1/', /private network/],
  ['https://169.254.169.254/latest/meta-data', /private network/],
  ['https://[::1]/', /private network/],
  ['https://[::ffff:10.0.0.1]/', /private network/],
  ['https://[fe80::1]/', /private network/],
  ['https://１２７.0.0.1/', /private network/],
])('%s is no webhook on AWS', (url, reason) => {
  expect(check(away, hook(url))).toThrow(reason)
})

test('here a webhook may do without TLS, and lead inside only where that is allowed', () => {
  expect(check(here, hook('http://example.com/'))).not.toThrow()
  expect(check(here, hook('http://127.0.0.1:3000/'))).toThrow(/private network/)
  expect(check({ ...here, privateAddresses: true }, hook('http://127.0.0.1:3000/'))).not.toThrow()
})

test.each(['ann@example.com', 'ann+alerts@mail.example.co.uk', "o'neil@example.com"])('%s is an address', (address) =>
  expect(check(away, mail(address))).not.toThrow(),
)

test.each([
  'ann',
  'ann@',
  '@example.com',
  'ann@localhost',
  'ann@example..com',
  'a..b@example.com',
  '.a@example.com',
  'ann@example.com, bob@example.com',
  'ann@example.com\nBcc: bob@example.com',
  'ann bob@example.com',
  '"ann"@example.com',
  'Ann <ann@example.com>',
  'ann@-example.com',
])('%j is no address', (address) => expect(check(away, mail(address))).toThrow(/no e-mail address/))

test('there are one to ten channels, each named once, of kinds that are served', () => {
  const ten = Array.from({ length: 10 }, (_, i) => mail(`a${i}@example.com`))
  expect(check(away, ...ten)).not.toThrow()
  expect(check(away, ...ten, mail('b@example.com'))).toThrow(/at most 10/)
  expect(check(away)).toThrow(/names nobody/)
  expect(check(away, ten[0], ten[0])).toThrow(/named twice/)
  const onAws = { ...away, kinds: new Set<ChannelKind>(['email', 'webhook']) }
  expect(check(onAws, { kind: 'console' })).toThrow(/own machine/)
  expect(check({ ...away, kinds: new Set<ChannelKind>(['console']) }, ten[0])).toThrow(/SAYWHEN_SMTP_URL/)
  expect(check(away, { kind: 'file', path: 'fires.jsonl' })).toThrow(/relative/)
  expect(check(away, { kind: 'file', path: '/tmp/fires.jsonl' })).not.toThrow()
})
