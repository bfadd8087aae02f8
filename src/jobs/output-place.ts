import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StoreError, UsageError } from '../base/errors.ts'

/** Asked before the work begins, so that minutes of it are not lost for a folder that is missing. @throws UsageError when no file can be written at `path` */
export function expectPlaceFor(path: string, argument: string): void {
  const folder = dirname(path)
  if (!existsSync(folder)) throw new UsageError({ argument, given: path, allowed: 'a file in a folder that exists', hint: `mkdir -p ${folder}` })
  if (existsSync(path) && statSync(path).isDirectory()) throw new UsageError({ argument, given: `${path}, a folder`, allowed: 'a file' })
  const problem = refusal(folder)
  if (problem !== undefined) throw new UsageError({ argument, given: `${path}: ${problem}`, allowed: 'a file in a folder that can be written to' })
}

/**
 * A folder that is there and can be written to when this returns.
 * Not mkdir's own `recursive`: where a file system refuses with "no such file" (/proc), that goes on trying for ever.
 * @throws StoreError, which names it
 */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let at = resolve(folder); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at)
  try {
    // One that another process made in the meantime is as good.
    for (const each of missing.reverse()) if (!existsSync(each)) mkdirSync(each)
  } catch (cause) {
    throw new StoreError({ path: folder, step: 'make the folder', problem: (cause as Error).message, cause })
  }
  if (!statSync(folder).isDirectory()) throw new StoreError({ path: folder, step: 'make the folder', problem: 'there is a file of this name' })
  const problem = refusal(folder)
  if (problem !== undefined) throw new StoreError({ path: folder, step: 'write into the folder', problem })
}

/** Why nothing can be written into a folder: the system's own words. */
function refusal(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
