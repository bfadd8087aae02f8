export interface Viewed {
  page: string
  atMs: number
}

/** What the service knows of somebody who logged in. */
export class Session {
  readonly id: string
  readonly user: string
  readonly startedMs = Date.now()
  readonly viewed: Viewed[] = []

  constructor(id: string, user: string) {
    this.id = id
    this.user = user
  }

  view(page: string): void {
    this.viewed.push({ page, atMs: Date.now() })
  }
}

/** Sessions by id. There is a way in, and no way out: this is the leak to find. */
export class SessionStore {
  private readonly sessions = new Map<string, Session>()

  create(id: string, user: string): Session {
    const session = new Session(id, user)
    for (let page = 0; page < 24; page++) session.view(`/start/${user}/${page}`)
    this.sessions.set(id, session)
    return session
  }

  find(id: string): Session | undefined {
    return this.sessions.get(id)
  }
}
