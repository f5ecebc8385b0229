/** The operation by which a department answers several barriers at once. */
import type { Components, Json } from './schemas.js';
import { CommandParameters } from '../commands.js';
import { DepartmentAnswer, DepartmentAnswered } from '../department-answers.js';
import { answerRoute, mostBarriersAnswered } from '../query/department-answers.js';
import { headersOf, sentWith } from './headers.js';
import { parameters } from './operations.js';
import { refusedWith } from './refusals.js';

const ofOne = `${answerRoute.aggregate.name}.${answerRoute.name}`;

export function departmentAnswersOperation(components: Components): Json {
  const { properties, ...sent } = components.sent(DepartmentAnswer);
  const answer = { $ref: `#/components/schemas/${ofOne}` };
  const body = { ...sent, properties: { ...(properties as Json), answer } };
  return {
    operationId: 'department.answer',
    summary: 'Answer several barriers for your department at once',
    tags: ['departments'],
    description:
      `To each of up to ${mostBarriersAnswered} barriers it is the command ${ofOne}, given as official of ` +
      'the department: each is recorded or refused by itself, and told so. The same key sent again ' +
      'answers no barrier twice, and tries again what was refused.',
    parameters: [
      ...sentWith('RecordIdInPath'),
      ...parameters(CommandParameters, components),
      ...sentWith('IdempotencyKey'),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: components.add('department.answer', body),
          example: {
            barriers: [{ id: 'kent-gateway-benefits' }],
            answer: answerRoute.entry.example as object,
          },
        },
      },
    },
    responses: {
      200: {
        description: 'What became of each; or what would',
        headers: headersOf('Position', 'Idempotency-Key'),
        content: { 'application/json': { schema: components.answer(DepartmentAnswered) } },
      },
      ...refusedWith(400, 401, 404, 413, 415, 429, 503),
    },
  };
}
