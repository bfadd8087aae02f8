import { expect, test } from 'vitest'
import { exampleReport } from '../../test/support/example-report.ts'
import { renderMarkdown } from './markdown.ts'

test('a leak, as it stands in a pull request', () => {
  const report = exampleReport()
  report.findings = report.findings.slice(0, 1)
  expect(renderMarkdown(report)).toBe(`# LEAK

7.1 kB and 1 Session per operation, in each of 7 rounds. Two causes, the first is 96 % of it.

## 1. growing-map · a Map used as a cache, nothing ever removes an entry (6.8 kB/operation)

- held by \`sessions : Map  src/session-store.ts:14:7\`
- added by \`SessionStore.create src/session-store.ts:31:19\` ← \`login src/auth.ts:52:11\`
- frees 74.2 MB now
- fingerprint \`9c41e0d2\`

\`\`\`text
(module src/session-store.ts)
└ sessions : Map            fine: lives as long as the module
  10 907 entries, +1 per operation, none removed
  └ table[5120] : Session   leaking: created per operation, never read again  keeps 6.6 kB
    ~~~~~~~~~~~ this reference keeps it
\`\`\`

\`\`\`mermaid
flowchart TD
  n0(["module src/session-store.ts"]):::root
  n1["Map<br/>@11<br/>10 907 entries, +1 per operation, none removed"]
  n2["(array)<br/>@13"]:::suspect
  n3["Session<br/>keeps 6.6 kB<br/>@10907"]:::leaking
  n0 -->|"sessions"| n1
  n1 ==>|"table (suspect)"| n2
  n2 ==>|"#91;5120#93; (suspect)"| n3
  classDef root fill:#e8e8e8,stroke:#8a8a8a
  classDef leaking fill:#fde7e4,stroke:#b3261e
  classDef suspect fill:#fff4d6,stroke:#8a8a8a
  linkStyle 1,2 stroke:#b3261e,color:#b3261e
\`\`\`

- why: one entry more per operation in every one of 7 rounds, none removed
- why: the entries survive six full collections
- but: the Map itself is as old as the module, so it may be a cache that is still filling

**Fix:** Give the Map an end: delete on logout and on expiry, or use an LRU with a maximum (lru-cache).

## Details

\`\`\`text
  lasted  41 s

rounds
  round  operations    floor  location
      1         101  19.1 MB  a.js:1:2
      2         101  19.8 MB
\`\`\`

## Notes

- only 7 rounds
- a collection had to be repeated (2 times, first at round 3)

## From

- pid 5120 (node-inspector, node 24.11.0)

stillhere 0.1.0, \`hunt\`
`)
})

test('untrusted names start no markup and end no fence', () => {
  const report = exampleReport()
  const evil = '```\n<img src=x onerror=alert(1)> [a](javascript:1) **b** `c`'
  Object.assign(report, { summary: evil })
  report.findings[0]!.title = evil
  report.findings[0]!.fingerprint = evil
  report.findings[0]!.paths[0]!.steps[0]!.nodeName = evil
  const markdown = renderMarkdown(report)
  const outside = markdown.replace(/^(`{3,})\w+\n[\s\S]*?\n\1$/gm, '').replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, (code) => (code.startsWith('`') ? '' : code))
  expect(outside).not.toMatch(/(?<!\\)<img/)
  expect(outside).not.toMatch(/(?<!\\)\[a/)
})
