import { KNOWN_LEAKS } from '../analysis/known-leaks/known-leaks.ts'
import { folderOf, matchKnownLeak, packagesOf, sayKnownLeak } from '../analysis/known-leaks/match-known-leaks.ts'
import type { Run } from '../base/run.ts'
import type { Finding } from '../model/finding.ts'
import { readPackageVersion } from './package-versions.ts'

/**
 * The findings, with those that are a known leak of Node or of an npm package saying so first. The packages are those
 * in the script paths, their versions those of the package.json beside them where it exists. Nothing else changes:
 * not the verdict, not the pattern, not the fingerprint. Call it before `mapSources`: a mapped place is not a package's.
 * @param node the version of Node that ran, when it is known: `v24.21.0`
 * @throws Cancelled
 */
export async function nameKnownLeaks(findings: readonly Finding[], run: Run, { node }: { node?: string | undefined } = {}): Promise<Finding[]> {
  const versions = new Map<string, string | undefined>()
  const named: Finding[] = []
  for (const finding of findings) {
    run.checkpoint()
    const seen = packagesOf(finding)
    for (const leak of KNOWN_LEAKS) {
      const folder = folderOf(leak, seen)
      if (folder !== undefined && !versions.has(folder)) versions.set(folder, await readPackageVersion(leak.package, folder))
    }
    const match = matchKnownLeak(finding, (name, folder) => (name === 'node' ? node : folder === undefined ? undefined : versions.get(folder)))
    named.push(match === undefined ? finding : sayKnownLeak(finding, match))
  }
  return named
}
