import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ProbeError } from '../base/errors.ts'

const execute = promisify(execFile)

/** A service as systemd runs it now. */
export interface SystemdUnit {
  name: string
  /** Below the mount of the groups; empty when systemd keeps none for it. */
  group: string
  /** 0 when it has no main process. */
  mainPid: number
}

/** Asks systemd for a running service. @throws ProbeError when systemd does not run this machine, or the service does not run */
export async function findUnit(name: string): Promise<SystemdUnit> {
  const refuse = (problem: string, hint: string, cause?: unknown): ProbeError => new ProbeError({ target: `service ${name}`, step: 'asking systemd', problem, hint, cause })
  let text: string
  try {
    ;({ stdout: text } = await execute('systemctl', ['show', '--property=Id,LoadState,ActiveState,MainPID,ControlGroup', '--', name], { timeout: 10_000 }))
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error && String(error.stderr).trim() !== '' ? String(error.stderr).trim().split('\n')[0]! : String(error)
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT' || /not been booted with systemd|connect to bus/i.test(words)
    throw refuse(isMissing ? 'this machine is not run by systemd' : words, 'Name the program instead: --name TEXT, --pid N, --container ID or --cgroup PATH.', error)
  }
  const of = (property: string): string => new RegExp(`^${property}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  if (of('LoadState') === 'not-found') throw refuse('it knows no service of this name', '`systemctl list-units --type=service` lists them.')
  if (of('ActiveState') !== 'active' && of('ActiveState') !== 'reloading') throw refuse(`it does not run: it is ${of('ActiveState') || 'unknown'}`, `Start it first: systemctl start ${name}`)
  return { name: of('Id') || name, group: of('ControlGroup'), mainPid: Number(of('MainPID')) || 0 }
}
