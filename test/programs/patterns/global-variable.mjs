globalThis.auditTrail = []
class AuditRecord { constructor(n) { this.who = `user ${n}`; this.what = 'read' } }
export function leak(n) { globalThis.auditTrail.push(new AuditRecord(n)) }
globalThis.lastRecord = null
export function healthy(n) { globalThis.lastRecord = new AuditRecord(n) }
