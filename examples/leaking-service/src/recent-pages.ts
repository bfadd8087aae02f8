/** The pages rendered last. It grows for a while and then stays: a cache with an end is no leak. */
export class RecentPages {
  private readonly pages = new Map<string, string>()
  private readonly most: number

  constructor(most: number) {
    this.most = most
  }

  remember(path: string, page: string): void {
    this.pages.delete(path)
    this.pages.set(path, page)
    if (this.pages.size <= this.most) return
    const [oldest] = this.pages.keys()
    if (oldest !== undefined) this.pages.delete(oldest)
  }
}
