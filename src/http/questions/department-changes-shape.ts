/** The shape of what changed of what a department owes. */
import { z } from 'zod';
import { ColourShape, IdShape, Text } from '../query/shapes.js';
import { Reason } from './progress-shape.js';

/** A reason of a place that the department owes something for. */
export const DepartmentChange = Reason.extend({
  change: z.enum(['new', 'changed', 'gone']).meta({ description: 'Since the end of the day asked for' }),
  from: ColourShape.nullable().meta({ description: 'What it was; null where it did not change its colour' }),
  place: z.strictObject({ id: IdShape, name: Text }),
}).meta({ id: 'DepartmentChange', description: 'What changed of what a department owes a place' });
