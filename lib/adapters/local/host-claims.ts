import { readFileSync } from 'node:fs'
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Claim, Claims, HostRecord } from '../../local/host.ts'

const claimFile = z.object({ pid: z.number().int(), birth: z.string().nullable(), released: z.boolean() })
const hostFile = z.object({
  pid: z.number().int(),
  birth: z.string().nullable(),
  started: z.string(),
  url: z.string(),
})

/**
 * Claims on a home as files `claims/NUMBER.json`, the announcement as `host.json`. A claim file is linked into place whole and
 * only where none stands, and the highest one is never removed: two processes cannot hold the same number, and one that was slow
 * finds a higher number than its own and steps back.
 */
export function hostClaims(home: string): Claims {
  const folder = join(home, 'claims')
  const path = (number: number) => join(folder, `${number}.json`)
  const me = { pid: process.pid, birth: birthOf(process.pid) }
  let drafts = 0

  const numbers = async () => {
    const names = await readdir(folder).catch(absent)
    return (names ?? []).flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number)
  }

  const write = async (target: string, content: unknown, place: (draft: string) => Promise<void>) => {
    const draft = `${target}.${process.pid}-${++drafts}.draft`
    await writeFile(draft, `${JSON.stringify(content)}\n`)
    await place(draft).finally(() => rm(draft, { force: true }))
  }
  const replace = (target: string, content: unknown) => write(target, content, (draft) => rename(draft, target))

  return {
    async newest(): Promise<Claim | undefined> {
      for (;;) {
        const highest = Math.max(0, ...(await numbers()))
        if (highest === 0) return undefined
        const text = await readFile(path(highest), 'utf8').catch(absent)
        // A claim only goes when a higher one stands: look again.
        if (text === undefined) continue
        const claim = readJson(claimFile, text)
        // Claims are put in place whole: one that does not read was cut by a power failure, and its holder is gone.
        if (!claim) return { number: highest, holder: { pid: 0, birth: null }, over: true }
        const { pid, birth, released } = claim
        return { number: highest, holder: { pid, birth }, over: released || !isAlive(pid, birth) }
      }
    },

    async take(number) {
      await mkdir(folder, { recursive: true })
      try {
        await write(path(number), { ...me, released: false }, (draft) => link(draft, path(number)))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
        throw error
      }
      const others = (await numbers()).filter((other) => other !== number)
      if (others.some((other) => other > number)) {
        await rm(path(number), { force: true })
        return false
      }
      await Promise.all(others.map((other) => rm(path(other), { force: true })))
      return true
    },

    async release(number) {
      await rm(join(home, 'host.json'), { force: true })
      await replace(path(number), { ...me, released: true })
    },

    announce: (url, started) => replace(join(home, 'host.json'), { ...me, url, started }),

    async announced(): Promise<HostRecord | undefined> {
      const text = await readFile(join(home, 'host.json'), 'utf8').catch(absent)
      return text === undefined ? undefined : readJson(hostFile, text)
    },
  }
}

function readJson<Shape>(schema: z.ZodType<Shape>, text: string): Shape | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

function isAlive(pid: number, birth: string | null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, under another user
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return birthOf(pid) === birth
}

/** Start of a process in clock ticks since boot with the boot's id, on Linux; null where the system does not tell. */
function birthOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22, counted from behind the command's closing bracket, since a command may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return 'ended'
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`
  } catch {
    return null
  }
}
