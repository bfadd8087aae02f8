import { EventEmitter } from 'node:events'

/** Settings everybody shares; whoever shows them wants to hear when they change. */
export class Preferences extends EventEmitter {
  private theme = 'light'

  constructor() {
    super()
    this.setMaxListeners(0) // "the warning is annoying": the second leak announces itself, and was silenced
  }

  get(): string {
    return this.theme
  }

  set(theme: string): void {
    this.theme = theme
    this.emit('changed', theme)
  }
}

/** One rendered answer. It listens, and nobody ever tells it to stop. */
export class LiveView {
  private readonly rows: string[]

  constructor(preferences: Preferences, user: string) {
    this.rows = Array.from({ length: 8 }, (_, row) => `${user}: row ${row}, ${preferences.get()}`)
    preferences.on('changed', (theme: string) => {
      this.rows.fill(theme)
    })
  }

  render(): string {
    return this.rows.join('\n')
  }
}
