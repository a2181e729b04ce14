/** One entry of `Status.details.causes`. `message` is without the field, as the real server has it there. */
export interface Cause {
  readonly field: string
  readonly message: string
  readonly reason: CauseReason
}

export type CauseReason =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
