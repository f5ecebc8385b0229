/** `?record=`: a record as its own cell of a CSV names it, by its stream. */
import { z } from 'zod';

/** A day's refusals of an account stand under its id, which has signs that no other record's has. */
export const RecordName = z
  .string({ error: 'Enter a record, like pool-durham-housing' })
  .regex(
    /^([a-z]+-[a-z0-9][a-z0-9.-]{0,99}|refusal-[A-Za-z0-9_][A-Za-z0-9._:|-]{0,99}\.\d{8})$/,
    'record must be a kind and an id, like pool-durham-housing',
  );
