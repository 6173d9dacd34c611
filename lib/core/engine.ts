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
  /** how many jobs run side by side: work is planned for as many */
  readonly size: number
  /** whether jobs may be given to it in any number at once, for it to run when it can */
  readonly queued?: boolean
  run<Input, Output>(job: Job<Input, Output>, input: Input): Promise<Output>
}

/**
 * Runs one job for every input, as many at once as the engine has threads, and gives the answers in the order of the inputs.
 * After a failure no further one is started, and the failure of the lowest index is thrown: inputs start in their order, so
 * that all before a failed one are awaited and the same one is reported for any number of threads.
 */
export function runAll<Input, Output>(
  engine: Engine,
  job: Job<Input, Output>,
  inputs: readonly Input[],
  onDone: (index: number) => Promise<void> | void = () => {},
): Promise<Output[]> {
  const answers: Output[] = []
  const atOnce = engine.queued ? Number.POSITIVE_INFINITY : engine.size
  const running = new Set<number>()
  let next = 0
  let failed: { index: number; error: unknown } | undefined
  return new Promise((resolve, reject) => {
    const proceed = (): void => {
      while (failed === undefined && next < inputs.length && running.size < atOnce) void run(next++)
      // What still runs behind the failed one cannot change what is reported.
      if (failed !== undefined && Math.min(...running) > failed.index) reject(failed.error)
      else if (running.size === 0) resolve(answers)
    }
    const run = async (index: number): Promise<void> => {
      running.add(index)
      try {
        answers[index] = await engine.run(job, inputs[index])
        await onDone(index)
      } catch (error) {
        if (failed === undefined || index < failed.index) failed = { index, error }
      }
      running.delete(index)
      proceed()
    }
    proceed()
  })
}
