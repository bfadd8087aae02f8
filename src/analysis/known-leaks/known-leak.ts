/** A leak of a Node version or an npm package that others found and reported. */
export interface KnownLeak {
  /** Stable: part of what a report says. */
  id: string
  /** The npm package, or `node` for the runtime itself. */
  package: string
  /** Other packages whose scripts may stand on the path instead: a family published in parts. */
  seenIn?: readonly string[] | undefined
  /** The versions that have it, as a semver range: those that the issue names, not what was guessed around them. */
  versionsAffected: string
  /** Absent where the issue names no fixed release. */
  fixedIn?: string | undefined
  /** Found in this order among the names of references and nodes on a retaining path, others between them. */
  signature: readonly RegExp[]
  /** A script that must be on the path, where names alone are too common. */
  scripts?: RegExp | undefined
  link: string
  /** One sentence: what is kept, and by what. */
  what: string
  /** What to do where no version fixes it. */
  remedy?: string | undefined
}
