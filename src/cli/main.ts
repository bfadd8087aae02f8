#!/usr/bin/env node
// The door. It does as little as it can before it knows what is wanted: `--version` loads nothing else.
import { readVersion } from './version.ts'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const supported = (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26

if (!supported) {
  process.stderr.write(
    `stillhere: needs Node 22.18, 24.11, 26 or newer to run, this is ${process.versions.node}. The programs it looks at may run on Node 18 or newer.\n` +
      '  Start it with a newer Node: npx -p node@24 -p stillhere stillhere …\n',
  )
  process.exitCode = 2
} else if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${readVersion()}\n`)
} else {
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv.slice(2))
}
