class Reminder { constructor(n) { this.text = `remember ${n}` } }
export function leak(n) { setTimeout((reminder) => reminder.text, 3_600_000, new Reminder(n)).unref() }
export async function healthy(n) { await new Promise((resolve) => setTimeout((reminder) => resolve(reminder.text), 0, new Reminder(n))) }
