import addCompletion from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/**
 * Adds `completion <shell>` (prints a script) and the hidden `complete -- words…` (what the script asks).
 * The library answers every question with "and no files"; where it knows no word itself, files are what is wanted
 * here (`analyze <TAB>`), so that answer becomes "as the shell likes". It prints by `console.log`, which is changed for
 * the rest of the process: nothing else is printed by a completion.
 */
export function defineCompletion(program: Command): void {
  const print = console.log
  let words = 0
  console.log = (text: string) => {
    if (/^:\d+$/.test(text)) return print(words === 0 ? ':0' : text)
    words++
    // Bash falls back to files only where the registration allows it.
    print(text.replace(/^complete -F /m, 'complete -o default -F '))
  }
  addCompletion(program, { completionCommandName: 'completion' })
}
