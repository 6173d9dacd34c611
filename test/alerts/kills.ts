/** The process ends here. */
export class Killed extends Error {}

/** Counts the calls of its ports and ends the process before or after one of them. */
export interface Kill {
  calls: number
  /** the call to end at, from 1; 0 for none */
  at: number
  when: 'before' | 'after'
  /** which call it was */
  name: string
}

/** The port with every call of its methods counted; once the process has ended, no call does anything. */
export function mortal<Port extends object>(port: Port, kill: Kill, name: string): Port {
  return new Proxy(port, {
    get(target, key, receiver) {
      const method = Reflect.get(target, key, receiver)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        kill.calls++
        const here = kill.calls === kill.at
        if (here) kill.name = `${kill.when} ${name}.${String(key)}`
        const ended = async () => {
          throw new Killed(kill.name)
        }
        const over = kill.at > 0 && (kill.calls > kill.at || (here && kill.when === 'before'))
        const answer = over ? undefined : method.apply(target, args)
        if (!over && !here) return answer
        // a list that is read page by page ends where it begins
        if (method.constructor.name === 'AsyncGeneratorFunction') throw new Killed(kill.name)
        return over ? ended() : answer.then(ended)
      }
    },
  })
}
