/** `?record=`: a record as its own cell of a CSV names it, by its stream. */
import { z } from 'zod';
import { accountForm, idForm } from '../../domain/shared/patterns.js';

/** A day's refusals of an account stand under its id, which has signs that no other record's has. */
export const RecordName = z
  .string({ error: 'Enter a record, like pool-durham-housing' })
  .regex(
    new RegExp(String.raw`^([a-z]+-${idForm}|refusal-${accountForm}\.\d{8})$`),
    'record must be a kind and an id, like pool-durham-housing',
  );
