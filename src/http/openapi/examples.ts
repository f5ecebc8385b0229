/** Puts into each operation what it may be asked in the demo: ids that are there. */
import { isObject, type Json } from '../query/command-schema.js';
import type { ExampleRequest, ExampleRequests } from '../query/example-requests.js';

/** What stands for a parameter in an operation; undefined where it names nothing. */
function exampleOf(
  { name, in: where }: Json,
  request: ExampleRequest,
  asked: ExampleRequest,
): string | number | undefined {
  if (where === 'path') return name === 'id' ? request.id : request.name;
  return where === 'query' ? (request.query?.[String(name)] ?? asked.query?.[String(name)]) : undefined;
}

type Operation = Readonly<Record<string, unknown>> & {
  readonly parameters: readonly Json[];
  readonly requestBody?: Json;
};
/** The operation with examples in it. `components`: the parameters that it may refer to. */
function withExamples(
  operation: Operation,
  request: ExampleRequest,
  asked: ExampleRequest,
  components: Readonly<Record<string, Json>>,
): Operation {
  const parameters = operation.parameters.map((parameter) => {
    const component = String(parameter.$ref ?? '').replace('#/components/parameters/', '');
    const whole = components[component] ?? parameter;
    const example = exampleOf(whole, request, asked);
    return example === undefined || whole.example === example ? parameter : { ...whole, example };
  });
  const { requestBody } = operation;
  if (request.body === undefined || requestBody === undefined) return { ...operation, parameters };
  const { content } = requestBody;
  const json = isObject(content) ? content['application/json'] : undefined;
  const body = { ...(isObject(json) ? json : {}), example: request.body };
  return {
    ...operation,
    parameters,
    requestBody: { ...requestBody, content: { 'application/json': body } },
  };
}

/** Every operation so, by path and method; and the parameters that many take. */
export function allWithExamples(
  paths: Readonly<Record<string, Readonly<Record<string, Json>>>>,
  parameters: Readonly<Record<string, Json>>,
  requests: ExampleRequests,
) {
  const { GET: asked = {} } = requests;
  const components = Object.fromEntries(
    Object.entries(parameters).map(([component, parameter]) => {
      const example = exampleOf(parameter, {}, asked);
      return [component, example === undefined ? parameter : { ...parameter, example }];
    }),
  );
  const all = Object.entries(paths).map(([path, methods]) => {
    const route = path.replace(/\{(\w+)\}/g, ':$1');
    const operations = Object.entries(methods).map(([method, operation]) => {
      const request = requests[`${method.toUpperCase()} ${route}`] ?? {};
      return [method, withExamples(operation as Operation, request, asked, components)] as const;
    });
    return [path, Object.fromEntries(operations)] as const;
  });
  return { paths: Object.fromEntries(all), parameters: components };
}
