import { existsSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { KnownError, UsageError } from '../base/errors.ts'
import { safeText } from '../base/safe-text.ts'
import { COMMANDS } from './commands.ts'
import { EXIT, exitCodeOfError } from './exit-code.ts'
import { openShell } from './open-shell.ts'
import type { Shell } from './shell.ts'
import { readVersion } from './version.ts'

/** Parses the arguments, runs one command, and sets the process's exit code. Never throws. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const shell = openShell(args)
  const onBug = (error: unknown): never => {
    // Thrown outside of every promise we wait for. Node would end with 1, which means "found a leak" here.
    explain(error, shell)
    process.exit(exitCodeOfError(error))
  }
  process.on('uncaughtException', onBug)
  try {
    const program = await defineProgram(args, shell)
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      shell.endWith(error.exitCode === 0 ? EXIT.clean : EXIT.usage)
    } else {
      shell.endWith(exitCodeOfError(error))
      explain(error, shell)
    }
  } finally {
    process.off('uncaughtException', onBug)
    await shell.close()
  }
}

/** The command tree; only the command that is wanted, asked about or being typed is loaded. */
async function defineProgram(args: readonly string[], shell: Shell): Promise<Command> {
  const program = new Command('stillhere')
    .description('Finds the memory that should have gone away, and says why it is still here.')
    .usage('<command> [options]')
    .version(readVersion())
    .option('--no-color', 'plain text (so does NO_COLOR=1)')
    .helpCommand('help [command]', 'the help of one command')
    .showSuggestionAfterError()
    .showHelpAfterError('  All commands: stillhere --help')
    .exitOverride()
    .configureHelp({ helpWidth: Math.min(shell.columns, 100), showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => shell.write(text),
      writeErr: (text) => shell.tell(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'stillhere: ').replace(/\n\((.*)\)\n$/, '\n  $1\n')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', START)
  const wanted = args.find((argument) => !argument.startsWith('-'))
  const completing = wanted === 'complete' || wanted === 'completion'
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary).exitOverride()
    if (name === wanted || ((wanted === 'help' || completing) && args.includes(name))) (await load()).define(command, shell)
    else command.description(summary)
    command.option('--no-color', 'plain text (so does NO_COLOR=1)').showHelpAfterError(`  Options and examples: stillhere ${name} --help`)
  }
  if (completing) {
    const { defineCompletion } = await import('./completion.ts')
    defineCompletion(program) // until the end: the process has nothing else to print
  } else {
    program.command('completion').argument('<shell>').summary('print the completion script for bash, zsh, fish or powershell')
    if (wanted !== undefined && isForgottenCommand(wanted, program)) {
      throw new UsageError({ argument: 'command', given: wanted, allowed: 'the name of a command', hint: `Is this a file to look at? stillhere analyze ${safeText(wanted, 300)}` })
    }
  }
  return program
}

const START = `
Start here:
  stillhere hunt --request / -- node server.js   find the leak of a program
  stillhere analyze heap.heapsnapshot            what fills a heap, and why
  stillhere <command> --help                     options and examples
`

/** `stillhere heap.heapsnapshot`: a file where a command should stand. */
function isForgottenCommand(wanted: string, program: Command): boolean {
  return wanted !== 'help' && !program.commands.some((command) => command.name() === wanted) && existsSync(wanted)
}

function explain(error: unknown, shell: Shell): void {
  if (error instanceof KnownError) {
    shell.tell(`stillhere: ${safeText(error.message, 2000)}`)
    if (error.hint !== undefined) for (const line of error.hint.split('\n')) shell.tell(`  ${safeText(line, 2000)}`)
    return
  }
  shell.tell('stillhere: this is a bug in stillhere; please report it with the lines below.')
  shell.tell(safeText(error instanceof Error ? (error.stack ?? error.message) : String(error), 8000).replaceAll('\\n', '\n'))
}
