/**
 * Whether an IP address belongs to the public internet: not loopback, private, link-local, multicast, documentation or otherwise
 * reserved (the special-purpose registries of RFC 6890). An IPv6 address that carries an IPv4 one is judged by that too. What is no
 * address is not public.
 */
export function isPublicAddress(address: string): boolean {
  const four = parseFour(address)
  if (four !== null) return isPublicFour(four)
  const six = parseSix(address)
  return six !== null && isPublicSix(six)
}

/** [first address, prefix length] */
const RESERVED_FOUR: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

function isPublicFour(address: number): boolean {
  return !RESERVED_FOUR.some(([first, bits]) => {
    const size = 2 ** (32 - bits)
    return Math.floor(address / size) === Math.floor(parseFour(first)! / size)
  })
}

function isPublicSix(groups: readonly number[]): boolean {
  const [first, second] = groups
  const four = (at: number) => groups[at] * 65_536 + groups[at + 1]
  // NAT64 (64:ff9b::/96) and 6to4 (2002::/16) reach the IPv4 address they carry.
  if (first === 0x64 && second === 0xff9b)
    return groups.slice(2, 6).every((group) => group === 0) && isPublicFour(four(6))
  if (first === 0x2002) return isPublicFour(four(1))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return isPublicFour(four(6))
  // Of the global unicast space 2000::/3, the blocks of protocols (2001::/23, with Teredo) and of documentation stay out.
  const global = first >= 0x2000 && first <= 0x3fff
  const documentation = (first === 0x2001 && second === 0xdb8) || (first === 0x3fff && second < 0x1000)
  return global && !documentation && !(first === 0x2001 && second < 0x200)
}

/** An IPv4 address in four decimal parts as a number, or null. */
function parseFour(text: string): number | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null
  const parts = text.split('.').map(Number)
  return parts.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256 + part, 0) : null
}

/** The eight groups of an IPv6 address, or null; a zone (`%eth0`) marks one that is not public anyway. */
function parseSix(text: string): number[] | null {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const four = tail ? parseFour(tail[2]) : null
  if (tail && four === null) return null
  const plain = tail ? `${tail[1]}${Math.floor(four! / 65_536).toString(16)}:${(four! % 65_536).toString(16)}` : text
  const halves = plain.split('::')
  if (halves.length > 2) return null
  const [head, rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - rest.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...rest]
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null
}
