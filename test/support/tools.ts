import { execFileSync } from 'node:child_process'

/** Whether a program is installed; where tools are required (STILLHERE_REQUIRE_TOOLS), a missing one is an error. */
export function hasTool(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined) throw new Error(`${command} is required and not installed: run scripts/system-packages.sh`)
    return false
  }
}
