import { type Command, Option } from 'commander'
import { FAIL_ON, type FailOn } from './exit-code.ts'

/** What every command that ends in a report offers; the values go to `shell.finish` as they are. */
export interface ReportOptionValues {
  json?: boolean
  markdown?: boolean
  failOn?: FailOn
}

/** Adds `--json`, `--markdown` and `--fail-on`: the same words for every command. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print the report as JSON, alone on stdout (docs/report.md)').conflicts('markdown'))
    .option('--markdown', 'print the report as Markdown')
    .addOption(new Option('--fail-on <verdict>', 'the mildest verdict that ends with exit code 1').choices(FAIL_ON).default('leak'))
}

/** Adds the examples at the end of a command's help: `[what is typed, what it does]`. */
export function addExamples(command: Command, examples: readonly (readonly [line: string, does: string])[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map(([line, does]) => `  $ ${line}\n      ${does}`).join('\n')}`)
}

/** Help of `--mask`; the shell itself looks for the option, so that nothing a command prints can forget it. */
export const MASK_ABOUT = 'names of the program become pseudonyms: Class1, name2, file3.js'
