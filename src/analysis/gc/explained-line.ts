/** One field of a log line: as it stands there, and what it means. */
export interface ExplainedField {
  field: string
  meaning: string
}

export interface ExplainedLine {
  collector: string
  fields: ExplainedField[]
  /** What a reader with experience would notice. */
  remarks: string[]
}
