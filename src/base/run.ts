import { Cancelled } from './errors.ts'

/** How far a long step has come. `done` and `total` in any one unit; `total` absent when it cannot be known. */
export interface Progress {
  step: string
  done: number
  total?: number | undefined
}

/**
 * What a long function needs from whoever started it: a way to be stopped, and somebody to tell.
 * Loops over millions call `checkpoint()` every few thousand turns; it throws `Cancelled` when asked to stop.
 */
export interface Run {
  readonly signal: AbortSignal | undefined
  /** Told seldom: a new step, or a few times a second inside one. */
  progress(progress: Progress): void
  /** Throws `Cancelled`, naming the step last reported, when the signal has fired. */
  checkpoint(): void
}

export interface RunOptions {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** Makes a `Run`; with no options one that is silent and cannot be stopped. */
export function startRun({ signal, onProgress }: RunOptions = {}): Run {
  let step = 'starting'
  return {
    signal,
    progress(progress) {
      step = progress.step
      onProgress?.(progress)
    },
    checkpoint() {
      if (signal?.aborted === true) throw new Cancelled(step)
    },
  }
}
