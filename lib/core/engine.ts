/** A piece of work that runs on a worker thread: a name, and the types of what goes in and comes out (plain, cloneable data). */
export interface Job<Input, Output> {
  readonly name: string
  /** carries the types; never set */
  readonly types?: (input: Input) => Output
}

/** Names a job; its implementation is registered under that name in the thread's entry. */
export function defineJob<Input, Output>(name: string): Job<Input, Output> {
  return { name }
}

/** A queue of worker threads. A job that exceeds its deadline is ended from outside and fails with a `limit` AppError. */
export interface Engine {
  /** how many jobs run at once */
  readonly size: number
  run<Input, Output>(job: Job<Input, Output>, input: Input): Promise<Output>
}

/**
 * Runs one job for every input, as many at once as the engine has threads, and gives the answers in the order of the inputs.
 * After a failure no further one is started: what fails does not keep the threads from others.
 */
export async function runAll<Input, Output>(
  engine: Engine,
  job: Job<Input, Output>,
  inputs: readonly Input[],
  onDone: (index: number) => Promise<void> | void = () => {},
): Promise<Output[]> {
  const answers: Output[] = []
  let next = 0
  let failed = false
  const work = async (): Promise<void> => {
    while (next < inputs.length && !failed) {
      const index = next++
      try {
        answers[index] = await engine.run(job, inputs[index])
        await onDone(index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(engine.size, inputs.length) }, work))
  return answers
}
