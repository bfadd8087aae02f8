import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { atMost } from '../../probes/at-most.ts'
import { endText, LaunchedProgram } from '../../probes/launched-program.ts'
import { listeningPorts, processFacts } from '../../probes/linux-process.ts'
import { helperEnvironment, helperHome, helperSockets } from '../../probes/python-helper.ts'
import { GoPprof, withoutPassword } from '../../probes/go-pprof.ts'
import { type Runtime, runtimeOfProcess } from '../../probes/runtime-of.ts'
import type { TargetChoice } from '../hunt/target-choice.ts'
import { endedError, type HuntedProgram, pause } from '../hunt/target.ts'
import { witnessGo } from './go-witness.ts'
import { witnessJvm } from './jvm-witness.ts'
import { witnessPython } from './python-witness.ts'
import type { Witness } from './witness.ts'

/** A program of another runtime than Node, reached. `release` takes back whatever was done to get there. */
export interface WitnessedProgram extends HuntedProgram {
  readonly witness: Witness
  release(): Promise<void>
}

export interface OpenProgramOptions {
  startTimeoutMs: number
  onLine?: ((line: string) => void) | undefined
  /** A folder of ours alone, for sockets. */
  folder: string
}

type Other = Exclude<Runtime, 'node'>

/** How long a family of processes must be unchanged before one that listens nowhere is taken for the one that matters. */
const QUIET_MS = 1500

/** @throws ProbeError when the program cannot be started, reached or asked; Cancelled */
export async function openProgram(choice: TargetChoice, runtime: Other, options: OpenProgramOptions, run: Run): Promise<WitnessedProgram> {
  if (choice.kind === 'launch') return launch(choice, { runtime, ...options }, run)
  if (choice.kind === 'pprof') return choice.command === undefined ? attachedGo(choice.url, undefined, run) : launch({ kind: 'launch', command: choice.command }, { runtime, url: choice.url, ...options }, run)
  if (choice.kind === 'inspector') throw new TypeError('an inspector is Node’s')
  return attach(choice, runtime, run)
}

async function attach({ pid, socketFolder }: Extract<TargetChoice, { kind: 'pid' }>, runtime: Other, run: Run): Promise<WitnessedProgram> {
  if (runtime === 'go') return attachedGo(await findPprof([pid], run) ?? refuseGo(`pid ${pid}`), pid, run)
  const socket = socketFolder === undefined ? undefined : helperSockets(socketFolder).get(pid)
  if (runtime === 'python' && socket === undefined) {
    throw new ProbeError({
      target: `pid ${pid}`,
      step: 'looking for the helper in it',
      problem: 'a Python that runs already cannot be measured round by round',
      hint: 'Have it started: stillhere hunt -- python3 app.py. Or compare two graphs of it: stillhere snapshot PID, and later stillhere diff FIRST SECOND',
    })
  }
  const witness = socket === undefined ? await witnessJvm(pid, run) : await witnessPython(socket, `pid ${pid}`, run)
  const isGone = (): boolean => processFacts(pid) === undefined
  return { name: `pid ${pid}`, witness, runtime: { pid }, inspector: undefined, launched: undefined, tail: [], pids: () => [pid], ended: () => (isGone() ? 'it ended' : undefined), release: () => witness.close() }
}

async function attachedGo(url: string, pid: number | undefined, run: Run): Promise<WitnessedProgram> {
  const witness = await witnessGo(url, pid, run)
  return {
    name: pid === undefined ? withoutPassword(url) : `pid ${pid}`,
    witness,
    runtime: { pid: pid ?? Number.NaN },
    inspector: undefined,
    launched: undefined,
    tail: [],
    pids: () => (pid === undefined ? [] : [pid]),
    ended: () => (pid !== undefined && processFacts(pid) === undefined ? 'it ended' : undefined),
    release: () => witness.close(),
  }
}

async function launch(
  { command, cwd, env }: Extract<TargetChoice, { kind: 'launch' }>,
  { runtime, startTimeoutMs, onLine, folder, url }: OpenProgramOptions & { runtime: Other; url?: string },
  run: Run,
): Promise<WitnessedProgram> {
  const given = env ?? process.env
  const program = await LaunchedProgram.start(command, { cwd, env: runtime === 'python' ? helperEnvironment(given, { home: helperHome(), folder }) : given, onLine })
  const name = command.join(' ')
  try {
    const witness = await waitFor(program, { startTimeoutMs, what: WAITED_FOR[runtime] }, run, async (isSettled) => {
      if (runtime === 'go') {
        const found = url ?? (await findPprof(program.pids(), run))
        if (found === undefined) return undefined
        const pid = program.pids().find((each) => runtimeOfProcess(each) === 'go')
        // An address that was given may not answer yet.
        return GoPprof.open(found, run).then(() => witnessGo(found, pid, run), () => undefined)
      }
      const sockets = runtime === 'python' ? helperSockets(folder) : undefined
      const candidates = program.pids().filter((pid) => (sockets === undefined ? runtimeOfProcess(pid) === 'jvm' : sockets.has(pid)))
      const pid = chooseProcess(candidates, isSettled(candidates))
      if (pid === undefined) return undefined
      return sockets === undefined ? witnessJvm(pid, run) : witnessPython(sockets.get(pid)!, name, run)
    })
    return {
      name: `${name} (pid ${witness.pid})`,
      witness,
      runtime: { pid: witness.pid },
      inspector: undefined,
      launched: program,
      tail: program.tail,
      pids: () => program.pids(),
      ended: () => (program.end === undefined ? undefined : `it ended with ${endText(program.end)}`),
      async release() {
        await witness.close()
        await program.stop()
      },
    }
  } catch (error) {
    await atMost(program.exited, error instanceof ProbeError ? 1000 : 0)
    const { end } = program
    await program.stop()
    throw end === undefined ? error : endedError(program, 'starting')
  }
}

const WAITED_FOR: Readonly<Record<Other, { problem: string; hint: string }>> = {
  jvm: { problem: 'no JVM appeared in it', hint: 'Is it a Java program? Start java itself: stillhere hunt -- java -jar app.jar' },
  python: {
    problem: 'no Python in it brought the helper along',
    hint: 'Is it started with -I, -E or -S, or with an environment of its own? Then PYTHONPATH does not reach it; start Python itself: stillhere hunt -- python3 app.py. CPython from 3.8 on is needed.',
  },
  go: { problem: 'it serves no /debug/pprof on any port it listens on', hint: 'It must import _ "net/http/pprof" and serve it. If it does so elsewhere: --url http://host:port/debug/pprof' },
}

/** Asks `look` until it finds something. `isSettled` says whether a list of processes has been the same for a while. */
async function waitFor<Found>(
  program: LaunchedProgram,
  { startTimeoutMs, what }: { startTimeoutMs: number; what: { problem: string; hint: string } },
  run: Run,
  look: (isSettled: (pids: readonly number[]) => boolean) => Promise<Found | undefined>,
): Promise<Found> {
  const deadline = Date.now() + startTimeoutMs
  let seen = ''
  let since = Date.now()
  const isSettled = (pids: readonly number[]): boolean => {
    const key = pids.join()
    if (key !== seen) [seen, since] = [key, Date.now()]
    return Date.now() - since > QUIET_MS
  }
  for (;;) {
    run.checkpoint()
    run.progress({ step: 'waiting for the program to start', done: 0 })
    if (program.end !== undefined) throw endedError(program, 'starting')
    const found = await look(isSettled)
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new ProbeError({ target: program.command.join(' '), step: 'waiting until it can be looked at', problem: `${what.problem} within ${startTimeoutMs / 1000} s`, hint: what.hint })
    await pause(50)
  }
}

/** Of several the one that serves, of several of those the one started last: a worker behind its master. */
function chooseProcess(candidates: readonly number[], isSettled: boolean): number | undefined {
  const serving = new Set(listeningPorts(candidates).map(({ pid }) => pid))
  const chosen = candidates.findLast((pid) => serving.has(pid))
  return chosen ?? (isSettled ? candidates.at(-1) : undefined)
}

/** The address of a /debug/pprof that answers on one of the ports of these processes. */
export async function findPprof(pids: readonly number[], run: Run): Promise<string | undefined> {
  for (const { host, port } of listeningPorts(pids)) {
    const url = `http://${host}:${port}/debug/pprof/`
    const answers = await GoPprof.open(url, run).then(() => true, () => false)
    run.checkpoint()
    if (answers) return url
  }
  return undefined
}

function refuseGo(target: string): never {
  throw new ProbeError({ target, step: 'looking for /debug/pprof', ...WAITED_FOR.go })
}
