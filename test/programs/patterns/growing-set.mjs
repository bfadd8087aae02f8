class Member { constructor(n) { this.name = `member ${n}` } }
const members = new Set()
export function leak(n) { members.add(new Member(n)) }
export function healthy(n) {
  const member = new Member(n)
  members.add(member)
  members.delete(member)
}
