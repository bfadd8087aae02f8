import { Command, CommanderError } from 'commander'
import { KnownError } from '../base/errors.ts'
import { safeText } from '../base/safe-text.ts'
import { COMMANDS } from './commands.ts'
import { EXIT, exitCodeOfError } from './exit-code.ts'
import { openShell } from './open-shell.ts'
import { readVersion } from './version.ts'

/** Parses the arguments, runs one command, and sets the process's exit code. Never throws. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const shell = openShell()
  const program = new Command('stillhere')
    .description('Finds the memory that should have gone away, and says why it is still here.')
    .version(readVersion())
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: (text) => shell.write(text), writeErr: (text) => shell.tell(text.trimEnd()) })
  const wanted = args.find((argument) => !argument.startsWith('-'))
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary).exitOverride()
    if (name === wanted || (wanted === 'help' && args.includes(name))) (await load()).define(command, shell)
  }
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      shell.endWith(error.exitCode === 0 ? EXIT.clean : EXIT.usage)
    } else {
      shell.endWith(exitCodeOfError(error))
      explain(error, (line) => shell.tell(line))
    }
  } finally {
    shell.close()
  }
}

function explain(error: unknown, tell: (line: string) => void): void {
  if (error instanceof KnownError) {
    tell(`stillhere: ${safeText(error.message, 2000)}`)
    if (error.hint !== undefined) for (const line of error.hint.split('\n')) tell(`  ${safeText(line, 2000)}`)
    return
  }
  tell('stillhere: this is a bug in stillhere; please report it with the lines below.')
  tell(safeText(error instanceof Error ? (error.stack ?? error.message) : String(error), 8000).replaceAll('\\n', '\n'))
}
