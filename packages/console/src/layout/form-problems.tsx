import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '@visavis/client';
import { messageOf } from './states.tsx';

/**
 * What the server found wrong, beside the fields it names (`allowed_origins.0` counts for `allowed_origins`). Empty where it
 * names no field of the form.
 */
export function fieldProblems(error: unknown, fields: readonly string[]): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const problems: Record<string, string> = {};
  for (const [path, text] of Object.entries(error.details)) {
    const field = fields.find((name) => path === name || path.startsWith(`${name}.`));
    if (field !== undefined) problems[field] ??= `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  }
  return problems;
}

/** Why a form was not taken; nothing where the fields say it themselves. */
export function FormProblem({ error, fields }: { error: unknown; fields: readonly string[] }) {
  if (error === null || error === undefined || Object.keys(fieldProblems(error, fields)).length > 0) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
      {messageOf(error)}
    </Alert>
  );
}
