import { open } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MOST_BYTES = 2 ** 20

/** The version in the package.json of a package's folder; undefined when it is missing, too big, or of another package. */
export async function readPackageVersion(name: string, folder: string): Promise<string | undefined> {
  const path = pathOf(folder)
  if (path === undefined) return undefined
  try {
    const file = await open(join(path, 'package.json'))
    try {
      const { size } = await file.stat()
      if (size > MOST_BYTES) return undefined
      const content: unknown = JSON.parse(await file.readFile('utf8'))
      if (typeof content !== 'object' || content === null) return undefined
      const { name: named, version } = content as { name?: unknown; version?: unknown }
      return named === name && typeof version === 'string' ? version : undefined
    } finally {
      await file.close()
    }
  } catch {
    // Not on this machine, or not a package: then the version is not known, which a match says.
    return undefined
  }
}

function pathOf(folder: string): string | undefined {
  if (isAbsolute(folder)) return folder
  return folder.startsWith('file:///') && URL.canParse(folder) ? fileURLToPath(folder) : undefined
}
