import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Folders in which a look-up narrows instead of being asserted, and cases stand in a table or return early.
 * An exception gives its reason on its line.
 */
const narrowed = ['src/**/*.ts', '{bench,scripts}/**/*.ts'];

export default defineConfig(
  { ignores: ['dist/**', '.bench/**', '.tap/**', 'node_modules/**'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'warn',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // An id from outside may be a name that every object inherits: states are indexed by nothing but the helpers
    // of domain/kernel/parts.ts, whose types see to it.
    files: ['src/**/*.ts'],
    ignores: ['src/domain/kernel/parts.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "BinaryExpression[operator='in'][left.type!='Literal']",
          message: 'Every object has what it inherits: use part() or Object.hasOwn().',
        },
        {
          selector: "TSQualifiedName[left.name='z'][right.name='ZodType']",
          message:
            'Comparing a schema with it costs the compiler a second: take a Schema (domain/kernel/schema.ts).',
        },
      ],
    },
  },
  {
    files: narrowed,
    rules: { '@typescript-eslint/no-non-null-assertion': 'error', 'no-nested-ternary': 'error' },
  },
  {
    // In src an exception gives its reason on its line.
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
);
