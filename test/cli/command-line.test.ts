import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { openShell } from '../../src/cli/open-shell.ts'
import { runCommand } from '../support/run-command.ts'

test('without arguments it says what it is, every command, and where to start', async () => {
  const { code, stdout, stderr } = await runCommand([])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('Finds the memory that should have gone away')
  const words = stdout.replace(/\s+/g, ' ')
  for (const { name, summary } of COMMANDS) {
    expect(stdout).toContain(`\n  ${name} `)
    expect(words).toContain(summary)
  }
  expect(stdout).toContain('Start here:')
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
})

test('every command has help with examples, on 80 columns', async () => {
  // In this process: a process for each would take longer than all other tests here.
  const shell = openShell([])
  await shell.close()
  for (const { name, load } of COMMANDS) {
    let help = ''
    const command = new Command(name).configureHelp({ helpWidth: 80 }).configureOutput({ writeOut: (text) => (help += text) })
    ;(await load()).define(command, shell)
    command.outputHelp()
    expect(help, name).toMatch(new RegExp(`Examples?:\\n(.*\\n)*.*stillhere ${name}`))
    // A line to be copied stays one line.
    expect(help.split('\n').filter((line) => line.length > 80 && !line.startsWith('  $ ')), name).toEqual([])
  }
  const { code, stdout } = await runCommand(['formats', '--help'])
  expect([code, stdout.split('\n')[0]]).toEqual([0, 'Usage: stillhere formats [options]'])
})

test('--version prints the version of the package alone', async () => {
  const { version } = JSON.parse(execFileSync('cat', [join(import.meta.dirname, '..', '..', 'package.json')], { encoding: 'utf8' })) as { version: string }
  for (const flag of ['--version', '-V']) expect(await runCommand([flag])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test('what cannot be understood ends with 2, on stderr, with the nearest word', async () => {
  expect(await runCommand(['formts'])).toMatchObject({ code: 2, stdout: '', stderr: "stillhere: unknown command 'formts'\n  Did you mean formats?\n  All commands: stillhere --help\n" })
  expect(await runCommand(['formats', '--jsno'])).toMatchObject({ code: 2, stdout: '', stderr: "stillhere: unknown option '--jsno'\n  Did you mean --json?\n  Options and examples: stillhere formats --help\n" })
  expect(await runCommand(['formats', 'extra'])).toMatchObject({ code: 2, stdout: '' })
})

test('a file where a command should stand: the command that was probably meant', async () => {
  const home = mkdtempSync(join(tmpdir(), 'stillhere-cli-'))
  try {
    writeFileSync(join(home, 'a.heapsnapshot'), '{}')
    const { code, stderr } = await runCommand(['a.heapsnapshot'], { cwd: home })
    expect(code).toBe(2)
    expect(stderr).toContain('stillhere analyze a.heapsnapshot')
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

test('a reader that has seen enough is no error', async () => {
  expect(await runCommand(['formats'], { closeStdout: true })).toMatchObject({ code: 0, stderr: '' })
})

test('the completion script of each shell is one that shell accepts', async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const { code, stdout } = await runCommand(['completion', shell])
    expect([shell, code]).toEqual([shell, 0])
    expect(stdout).toContain('stillhere')
    if (shell === 'bash') execFileSync('bash', ['-n'], { input: stdout })
  }
  expect(await runCommand(['completion', 'tcsh'])).toMatchObject({ code: 2 })
})

test('where no word of ours fits, bash completes files', async () => {
  const home = mkdtempSync(join(tmpdir(), 'stillhere-complete-'))
  try {
    writeFileSync(join(home, 'before.heapsnapshot'), '')
    writeFileSync(join(home, 'stillhere'), `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')}' "$@"\n`, { mode: 0o755 })
    writeFileSync(join(home, 'script.bash'), (await runCommand(['completion', 'bash'])).stdout)
    // What bash does at <TAB>, spelled out: it calls the function registered for the command, then falls back on files.
    const ask = (line: string): string =>
      execFileSync('bash', ['--norc', '-c', `_get_comp_words_by_ref() { cur="\${COMP_WORDS[COMP_CWORD]}"; words=("\${COMP_WORDS[@]}"); }; compopt() { :; }; source script.bash; COMP_WORDS=(${line}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); __stillhere_complete; echo "\${COMPREPLY[*]}"; complete -p stillhere`], { cwd: home, env: { ...process.env, PATH: `${home}:${process.env['PATH']}` }, encoding: 'utf8' })
    expect(ask('stillhere form')).toBe('formats\ncomplete -o default -F __stillhere_complete stillhere\n')
    expect(ask('stillhere analyze be')).toBe('\ncomplete -o default -F __stillhere_complete stillhere\n')
    expect(ask('stillhere hunt --fail-on s')).toContain('suspect')
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

test('commands and options are completed', async () => {
  const words = async (...typed: string[]): Promise<string[]> => (await runCommand(['complete', '--', ...typed])).stdout.split('\n').map((line) => line.split('\t')[0]!)
  expect(await words('form')).toContain('formats')
  expect(await words('formats', '--')).toContain('--json')
  expect(await words('')).toEqual(expect.arrayContaining(COMMANDS.map(({ name }) => name)))
})

test('a result that could not be written is refused before the work, and a snapshot is not redacted into itself', async () => {
  const home = mkdtempSync(join(tmpdir(), 'stillhere-cli-'))
  const snapshot = join(home, 'a.heapsnapshot')
  writeFileSync(snapshot, '{"snapshot":{"meta":{')
  const at = (args: string[]): ReturnType<typeof runCommand> => runCommand(args, { cwd: home })
  try {
    for (const args of [
      ['hunt', '--json', 'no/x.json', '--', 'node', 'app.js'],
      ['redact', 'a.heapsnapshot', 'no/x'],
      ['gc', 'gc.log', '--svg', 'no/x.svg'],
      ['test', '--junit', 'no/x.xml', '--', 'true'],
      ['analyze', 'a.heapsnapshot', '--flame', 'no/x.svg'],
    ]) {
      expect(await at(args), args.join(' ')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('a file in a folder that exists, found no/x') })
    }
    expect(await at(['redact', 'a.heapsnapshot', './a.heapsnapshot'])).toMatchObject({ code: 2, stderr: expect.stringContaining('the snapshot itself') })
    expect(readFileSync(snapshot, 'utf8')).toBe('{"snapshot":{"meta":{')
    expect(await at(['diff', 'a.heapsnapshot', './a.heapsnapshot'])).toMatchObject({ code: 2, stderr: expect.stringContaining('one file twice') })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}, 60_000)

test('options that contradict each other are refused', async () => {
  expect(await runCommand(['hunt', '--request', '/', '--every', '1s', '--', 'node', 'app.js'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--every: expected no --request or --op') })
  expect(await runCommand(['why', 'a', 'b', '--dot', '--svg'])).toMatchObject({ code: 2, stderr: expect.stringContaining("'--dot' cannot be used with option '--svg'") })
  expect(await runCommand(['hunt', '--request', 'ftp://x', '--', 'node', 'app.js'])).toMatchObject({ code: 2, stderr: expect.not.stringContaining('Did you mean') })
}, 60_000)

test('a module of the user that keeps its process alive does not keep the command', async () => {
  const home = mkdtempSync(join(tmpdir(), 'stillhere-cli-'))
  try {
    writeFileSync(join(home, 'op.mjs'), 'setInterval(() => {}, 1000)\n')
    writeFileSync(join(home, 'app.mjs'), 'setInterval(() => {}, 1000)\n')
    expect(await runCommand(['hunt', '--op', 'op.mjs', '--', 'node', 'app.mjs'], { cwd: home })).toMatchObject({ code: 2, stderr: expect.stringContaining('op.mjs with no exports') })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}, 60_000)
