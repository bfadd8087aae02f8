import { rename, rm, writeFile } from 'node:fs/promises'
import { StoreError } from '../base/errors.ts'

/** Writes `content` aside and gives it its name when it is whole. @throws StoreError */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const aside = `${path}.${process.pid}.part`
  try {
    await writeFile(aside, content)
    await rename(aside, path)
  } catch (cause) {
    throw new StoreError({ path, step: 'write', problem: (cause as Error).message, cause })
  } finally {
    await rm(aside, { force: true })
  }
}
