// `npm run demo`: compiles the leaking service, hunts it, and says where the report files are.
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const OUT = 'stillhere-demo'
const SERVICE = join('examples', 'leaking-service')

function run(...args: string[]): number {
  const { status, error } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (error !== undefined) throw error
  return status ?? 1
}

if (run(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', SERVICE) !== 0) throw new Error('the service does not compile')
rmSync(OUT, { recursive: true, force: true })
const command = ['hunt', '--request', '/login', '--out', OUT, '--', 'node', join(SERVICE, 'dist', 'server.js')]
console.log(`$ stillhere ${command.join(' ')}\n`)
const code = run(join('dist', 'cli', 'main.js'), ...command)
console.log(`\nexit code ${code} (1: a leak was found). Written to ./${OUT}/:`)
for (const name of readdirSync(OUT).sort()) console.log(`  ${join(OUT, name)}`)
if (code !== 1) {
  console.error('\nThe demo should have found the leak of examples/leaking-service, and has not.')
  process.exitCode = 1
}
