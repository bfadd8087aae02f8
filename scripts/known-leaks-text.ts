import { KNOWN_LEAKS } from '../src/analysis/known-leaks/known-leaks.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The page of known leaks, one row each. */
export function knownLeaksText(): string {
  const rows = KNOWN_LEAKS.map(({ id, package: name, versionsAffected, fixedIn, what, remedy, link }) => {
    const issue = link.replace('https://github.com/', '').replace(/\/(issues|pull)\//, '#')
    const versions = versionsAffected === '*' ? 'all' : `\`${cell(versionsAffected)}\``
    return `| \`${id}\` | ${name} | ${versions} | ${fixedIn ?? 'see the issue'} | ${cell(what)}${remedy === undefined ? '' : ` **Do:** ${cell(remedy)}`} | [${issue}](${link}) |`
  })
  return `# Known leaks

${KNOWN_LEAKS.length} leaks of Node and of npm packages that others found and reported. A finding whose path looks like one says so first:
\`known leak of debug 4.1.1, fixed in 4.3.0: …\`, with the link as its first reason and the update as its advice.

A path is such a leak when three things hold: the names of its references and nodes contain the leak's names in order; a script
of the package is on the path, holds it, or allocates what grows; and the version in the package's own \`package.json\` (or of Node)
is one of those affected. Where the version cannot be read the title says "may be". Verdict, pattern and fingerprint stay as they are.

The versions are those that the issues name, and those of Node on which we ran their programs. A range that ends with the last version reported does not say that the next one is
free of it; "all" means that the package works like that on purpose or has no release that changes it. The names come from the
issues and from the sources they point at; each is tested on a drawn path, ten of them on the path that a hunt of the real
thing found (\`test/known-leaks\`). Where nothing was seen to grow, as in a single snapshot, a match is no more than a "may be".

Made by \`node scripts/list-known-leaks.ts\` from \`src/analysis/known-leaks/known-leaks.ts\`: to add one, add it there with the path in
its test.

| id | package | affected | fixed in | what is kept | issue |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}
